import { COMPARED } from "../row.ts";
import type { Section } from "../section.ts";
import { fetchCall } from "./fetch_call.ts";
import { livingToken } from "./living_token.ts";
import { sealedToken } from "./sealed_token.ts";

/** What a call costs while the token lives: what happens nearly always. */
export async function hot(): Promise<Section> {
  return {
    name: "hot",
    title: "Hot path: the token lives",
    columns: COMPARED,
    rows: [await livingToken(), ...await sealedToken(), await fetchCall()],
    notes: [
      "Medians; each round measures both sides in turn, the ratio is the median of the rounds' ratios.",
    ],
  };
}
