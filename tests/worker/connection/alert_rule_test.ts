import { deepEqual } from "node:assert/strict";
import type { AlertKind } from "../../../src/worker/directory/directory_api.ts";
import { type ToldAlerts, toldWith } from "../../../src/worker/connection/alert_rule.ts";

type Turns = readonly (readonly [AlertKind, string])[];

/** Which of `turns` (kind, day) are told. */
function told(turns: Turns): string[] {
  let state: ToldAlerts = {};
  return turns.flatMap(([kind, day]) => {
    const next = toldWith(state, kind, day);
    if (next) state = next;
    return next ? [`${kind} ${day}`] : [];
  });
}

const person = "reauthorization_required";

Deno.test("an alert is told when trouble begins, and when it is over; once a day of a kind", async (t) => {
  const cases: readonly [string, Turns, readonly string[]][] = [
    ["trouble is told once", [["broken", "1"], ["broken", "2"]], ["broken 1"]],
    ["what was never told is not over", [["back", "1"]], []],
    ["it is over", [["broken", "1"], ["back", "1"], ["back", "2"]], ["broken 1", "back 1"]],
    ["and begins again the next day", [[person, "1"], ["back", "1"], [person, "2"]], [
      `${person} 1`,
      "back 1",
      `${person} 2`,
    ]],
    ["not twice a day", [[person, "1"], ["back", "1"], [person, "1"]], [`${person} 1`, "back 1"]],
    ["back is told the next day where it was told already today", [
      ["broken", "1"],
      ["back", "1"],
      [person, "1"],
      ["back", "1"],
      ["back", "2"],
    ], ["broken 1", "back 1", `${person} 1`, "back 2"]],
    ["broken, then a person: both", [["broken", "1"], [person, "1"], ["back", "1"]], [
      "broken 1",
      `${person} 1`,
      "back 1",
    ]],
  ];
  for (const [name, turns, expected] of cases) {
    await t.step(name, () => deepEqual(told(turns), expected));
  }
});
