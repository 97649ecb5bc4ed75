import { COMPARED } from "../row.ts";
import type { Section } from "../section.ts";
import { redisStore } from "./redis_store.ts";
import { sqlStore } from "./sql_store.ts";

/** What a store that several machines share adds to what its driver takes. */
export async function stores(): Promise<Section> {
  return {
    name: "stores",
    title: "Stores on a server or a file: every call reads",
    columns: COMPARED,
    rows: [...await sqlStore(), ...await redisStore()],
    notes: [
      "Each call gives a living token: one read, its record parsed and checked. Reference: the same text with the same values by the same driver, its row as it comes.",
      "SQLite is a file with WAL; servers are on loopback, started for this run.",
      "A refresh: attempt, lock and write, told as what is sent to the store and the rows that come back.",
    ],
  };
}
