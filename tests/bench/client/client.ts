import { COMPARED } from "../row.ts";
import type { Section } from "../section.ts";
import { followedJob } from "./followed_job.ts";
import { heldToken, requestsToWorker } from "./held_token.ts";

/** What a deployed worker's client costs the service that has it. */
export async function client(): Promise<Section> {
  return {
    name: "client",
    title: "The client of a worker, in another service",
    columns: COMPARED,
    rows: [await heldToken(), await requestsToWorker(), ...await followedJob()],
    notes: ["The worker is a function in the same process: what is measured is the client."],
  };
}
