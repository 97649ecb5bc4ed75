import assert from "node:assert/strict";
import { momentIn } from "../../src/import/moments.ts";

const NOON = Date.parse("2026-11-25T12:00:00Z");

for (
  const value of [
    NOON,
    NOON / 1000,
    `${NOON}`,
    `${NOON / 1000}`,
    `${NOON}000`,
    "2026-11-25T12:00:00Z",
    "2026-11-25T12:00:00.000+00:00",
    "2026-11-25 12:00:00",
    "2026-11-25 12:00",
    "2026-11-25 14:00:00.000000+02",
    "2026-11-25 12:00:00 UTC",
    "2026-11-25 06:30:00-0530",
  ]
) {
  Deno.test(`${value} is noon of a day, in whatever zone it is read`, () =>
    assert.equal(momentIn(value), NOON));
}

for (const value of [undefined, null, "", "soon", 0, -5, NaN, Infinity, {}, "2026-13-45 12:00:00", "17"]) {
  Deno.test(`${JSON.stringify(value)} of type ${typeof value} tells no moment`, () => {
    assert.equal(momentIn(value), undefined);
  });
}
