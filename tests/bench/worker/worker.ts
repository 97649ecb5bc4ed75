import { COMPARED } from "../row.ts";
import type { Section } from "../section.ts";
import { startup } from "./startup.ts";
import { tokenRoute } from "./token_route.ts";

/** What the worker costs: a token request under load, and its start. */
export async function worker(): Promise<Section> {
  const { rows, generator } = await tokenRoute();
  return {
    name: "worker",
    title: "Worker: workerd on loopback",
    columns: COMPARED,
    rows: [...rows, ...await startup()],
    notes: [
      `Load by ${generator}, straight into workerd; KV is Miniflare's.`,
      "Evaluation: import() of the minified bundle in a fresh process of Deno, the same V8 as workerd's in kind.",
    ],
  };
}
