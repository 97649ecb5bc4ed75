import { COMPARED } from "../row.ts";
import type { Section } from "../section.ts";
import { incident } from "./incident.ts";
import { memory } from "./memory.ts";

/** What bringing back many connections costs. */
export async function bulk(): Promise<Section> {
  return {
    name: "bulk",
    title: "Bulk: recoverAll after an incident",
    columns: COMPARED,
    rows: [...await memory(), ...await incident()],
    notes: [
      "HighLevel is the sandbox behind loopback, in a process of its own; both sides send the same 4,000 requests.",
    ],
  };
}
