import { equal, ok } from "node:assert/strict";
import { simulateRounds } from "../connections/simulate_rounds.ts";
import { simulateRefreshes } from "../worker/connection/simulate_refreshes.ts";

const WORLD = { connections: 100_000, days: 30, windowMs: 5 * 60_000 };
const HOUR_MS = 3_600_000;

Deno.test("100,000 connections that were recovered at one moment, for 30 days: never five times the even rate, none late", () => {
  const course = simulateRefreshes(WORLD);
  console.log(
    `${course.refreshes} refreshes; the most in 5 min, times the even rate, by day:`,
    course.highestByDay.map((highest) => highest.toFixed(2)).join(" "),
  );
  ok(course.highest <= 5, `${course.highest.toFixed(2)} times the even rate`);
  equal(course.late, 0);
  equal(course.lost, 0);
});

Deno.test("100,000 connections, and an outage of six hours at any hour of the first refreshes: none is lost", () => {
  for (let fromHour = 14; fromHour <= 24; fromHour += 2) {
    const course = simulateRefreshes({ ...WORLD, days: 5, outage: { fromHour, hours: 6 } });
    console.log(
      `from hour ${fromHour}: ${course.unanswered} unanswered, ${course.late} late,`,
      `at most ${(course.longestLateMs / HOUR_MS).toFixed(1)} h; the last is back ${
        (course.healedAfterMs / HOUR_MS).toFixed(1)
      } h after it;`,
      `the most in 5 min, times the even rate: ${course.highest.toFixed(1)},`,
      `with those unanswered ${course.highestRequests.toFixed(1)}`,
    );
    equal(course.lost, 0);
    ok(course.highest <= 35, `${course.highest.toFixed(1)} times the even rate`);
  }
});

Deno.test("100,000 connections that were recovered at one moment, kept by rounds of maintain: never five times the even rate", () => {
  for (const minutes of [15, 60, 120]) {
    const course = simulateRounds({ connections: 100_000, days: 30, everyMs: minutes * 60_000 });
    console.log(
      `every ${minutes} min: ${course.refreshes} refreshes; the most in a round, times the even share, by day:`,
      course.highestByDay.map((highest) => highest.toFixed(2)).join(" "),
    );
    ok(course.highest <= 5, `${course.highest.toFixed(2)} times the even rate`);
    equal(course.late, 0);
  }
});
