import { equal, ok } from "node:assert/strict";
import { simulateRefreshes } from "./simulate_refreshes.ts";

/*
 * What many connections that were recovered together do to HighLevel, in virtual time: pure, without workerd. The same for 100,000
 * is in `tests/soak/refresh_rate_test.ts`.
 */

/** HighLevel may be met by at most so many times the even rate. */
const MOST = 5;
const WORLD = { connections: 5_000, days: 30, windowMs: 30 * 60_000 };

Deno.test("after a bulk recovery of all, refreshes stay below five times the even rate, and none is late, for 30 days", () => {
  const course = simulateRefreshes(WORLD);
  ok(course.highest <= MOST, `${course.highest.toFixed(2)} times the even rate`);
  ok((course.highestByDay[29] ?? NaN) < 2, `${course.highestByDay[29]} on the last day`);
  ok(course.refreshes > WORLD.connections * 30, "each is refreshed more than once a day");
  ok(
    course.refreshes < WORLD.connections * 30 * 1.25,
    `${course.refreshes} refreshes cost more than they have to`,
  );
  equal(course.late, 0);
  equal(course.lost, 0);
});

/** Outages of six hours: when they begin, and the most that HighLevel is then met by in half an hour, times the even rate. */
const OUTAGES: readonly (readonly [string, number, number])[] = [
  ["that ends while the first of them are due", 16.5, 30],
  ["that begins while most of them are due", 20.5, MOST + 1],
  ["in the third week", 500, MOST + 1],
];

for (const [when, fromHour, most] of OUTAGES) {
  Deno.test(`an outage of six hours ${when} loses no connection, and they come back one after another`, () => {
    const course = simulateRefreshes({ ...WORLD, outage: { fromHour, hours: 6 } });
    equal(course.lost, 0);
    ok(course.unanswered > 0 && course.late > 0, "the outage was felt");
    ok(course.longestLateMs < 12 * 3_600_000, `${course.longestLateMs / 3_600_000} h without a token`);
    ok(course.healedAfterMs < 6 * 3_600_000, `${course.healedAfterMs / 3_600_000} h until the last was back`);
    ok(course.highest <= most, `${course.highest.toFixed(2)} times the even rate`);
  });
}
