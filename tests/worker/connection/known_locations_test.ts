import { deepEqual, equal, rejects } from "node:assert/strict";
import { KnownLocations } from "../../../src/worker/connection/known_locations.ts";
import { connectionSchema } from "../../../src/worker/connection/schema.ts";
import { ObjectSql } from "../../../src/worker/durable/object_sql.ts";
import { memoryStorage } from "../durable/memory_storage.ts";

Deno.test("an agency's locations that cannot be reached keep none of the others: they come last", async () => {
  const locations = new KnownLocations(new ObjectSql(memoryStorage().host, connectionSchema));
  const idOf = (n: number): string => `l${String(n).padStart(3, "0")}`;
  for (let n = 0; n < 350; n++) locations.note(idOf(n), true);
  const reached: string[] = [];
  let isAway = true;
  const work = (id: string): Promise<void> => {
    if (isAway && id < idOf(150)) return Promise.reject(new Error("It is away."));
    reached.push(id);
    return Promise.resolve();
  };
  for (let turn = 0; turn < 3; turn++) equal(await locations.eachPending(work), true, `turn ${turn}`);
  await rejects(locations.eachPending(work), /150 locations could not be reached/);
  equal(new Set(reached).size, 200);
  isAway = false;
  deepEqual([await locations.eachPending(work), await locations.eachPending(work)], [true, false]);
  deepEqual([new Set(reached).size, reached.length], [350, 350]);
});
