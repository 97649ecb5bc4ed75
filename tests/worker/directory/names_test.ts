import { deepEqual, equal } from "node:assert/strict";
import { isNameDue, isOtherName } from "../../../src/worker/directory/sweep_rules.ts";
import { rowOf } from "./directory_database.ts";
import { sweepWorld } from "./sweep_world.ts";

/*
 * Which names a day's sweep asks for, and which a list tells: pure, over SQLite in memory.
 */

const DAY = 24 * 3_600_000;
const NOW = 500 * DAY;

/** On how many of 28 days the name of a row is asked for. */
function days(row: object, isListed = false): number {
  return Array.from({ length: 28 }, (_, day) => isNameDue(rowOf("L1", row), isListed, NOW + day * DAY))
    .filter(Boolean).length;
}

Deno.test("a location's name is asked for once in 28 days; one that is not known, weekly", () => {
  equal(days({ name: "Harbour" }), 1);
  equal(days({}), 4);
  equal(days({ name: "Harbour" }, true), 0, "its agency's list tells");
  equal(days({}, true), 4);
  equal(days({ name: "Harbour", isNameGiven: true }), 0);
  equal(days({ name: "Harbour", status: "broken" }), 0);
  equal(days({ kind: "company" }), 0);
});

Deno.test("not all locations are asked for on one day", () => {
  const counts = Array.from(
    { length: 28 },
    (_, day) =>
      Array.from({ length: 2_800 }, (_, n) => rowOf(`loc${n}xYz`, { name: "x" }))
        .filter((row) => isNameDue(row, false, NOW + day * DAY)).length,
  );
  equal(Math.max(...counts) < 300, true, `${counts}`);
});

Deno.test("a list's name is another one unless somebody gave one", () => {
  equal(isOtherName(rowOf("L1", { name: "Harbour" }), "Hill"), true);
  equal(isOtherName(rowOf("L1", {}), " Hill "), true);
  equal(isOtherName(rowOf("L1", { name: "Harbour" }), " Harbour "), false);
  equal(isOtherName(rowOf("L1", { name: "Harbour", isNameGiven: true }), "Hill"), false);
  equal(isOtherName(rowOf("L1", { name: "Harbour" }), "  "), false);
});

Deno.test("the sweep notes what an agency's list calls its locations, and asks for nobody else's twice", async () => {
  const world = sweepWorld();
  const summary = { status: "connected", updatedAt: NOW - DAY, expiresAt: NOW + DAY } as const;
  const put = (row: Parameters<typeof rowOf>[1] & { id: string }): void => {
    const whole = rowOf(row.id, row);
    world.rows.put(whole, 1, NOW - DAY);
    const { name, companyId } = whole;
    world.kv.set(`${whole.kind}/${whole.id}`, {
      ...summary,
      ...name !== undefined && { name },
      ...companyId !== undefined && { companyId },
    });
  };
  put({ id: "C1", kind: "company" });
  put({ id: "L1", companyId: "C1", name: "Old Name" });
  put({ id: "L2", companyId: "C1", name: "Same" });
  put({ id: "L3", companyId: "C1", name: "By Hand", isNameGiven: true });
  world.installed.set("C1", ["L1", "L2", "L3"]);
  for (const [id, name] of [["L1", "New Name"], ["L2", "Same"], ["L3", "Listed"]] as const) {
    world.names.set(id, name);
  }
  await world.run(NOW);
  deepEqual(world.named, ["L1 New Name"]);
});
