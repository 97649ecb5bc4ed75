import { equal } from "node:assert/strict";
import { type AgencyStanding, type WayBack, wayBack } from "../../src/connections/agency_first.ts";

const CASES: readonly (readonly [AgencyStanding["status"], isTried: boolean, WayBack, why: string])[] = [
  ["unknown", false, "person", "the app was never installed for the agency, or no agency is known"],
  ["reauthorization_required", false, "agency", "one click of the agency is for all"],
  ["reauthorization_required", true, "agency", "what was tried before the click says nothing"],
  ["broken", false, "agency", "a click ends its trouble too"],
  ["broken", true, "agency", "a click ends its trouble too"],
  ["connected", false, "itself", "nobody has tried by the agency's token yet"],
  ["connected", true, "person", "the agency's token was refused for it"],
  ["paused", false, "person", "no click helps an agency that is not active"],
  ["paused", true, "person", "no click helps an agency that is not active"],
];

Deno.test("agency first: a lost location comes back by itself, by its agency's click, or by a person of its own", () => {
  for (const [status, isTried, way, why] of CASES) {
    equal(wayBack({ status, isTried }), way, `${status}: ${why}`);
  }
});
