import { deepEqual, equal } from "node:assert/strict";
import { barsOf, startOf } from "../../../src/worker/dashboard/activity.ts";
import { headlineOf, jobUnderWay, turnOf } from "../../../src/worker/dashboard/headline.ts";
import { jobPace } from "../../../src/worker/dashboard/job_pace.ts";
import { clockText, durationText, exactText } from "../../../src/worker/dashboard/moment.tsx";
import { nextStepOf } from "../../../src/worker/dashboard/next_step.ts";
import { offsetOf, zoneOf } from "../../../src/worker/dashboard/zone.ts";
import type { LostGroup } from "../../../src/worker/directory/situation.ts";
import { newJob, progressOf } from "../../../src/worker/recovery_job/job_facts.ts";

const HOUR = 3_600_000;

function group(status: LostGroup["status"], cause: string, count: number, since?: number): LostGroup {
  return { status, cause, count, ...since !== undefined && { since } };
}

Deno.test("the headline: nothing held, nothing lost, or how many, since when and why", () => {
  equal(headlineOf({ groups: [] }, 0).kind, "empty");
  equal(headlineOf({ groups: [] }, 7).kind, "well");
  const groups = [
    group("reauthorization_required", "not_installed", 305, 50),
    group("broken", "unavailable", 68, 90),
    group("broken", "invalid_client", 5),
    group("broken", "timeout", 3),
    group("reauthorization_required", "", 2),
    group("broken", "network", 1),
  ];
  deepEqual(headlineOf({ groups }, 1_000), {
    kind: "lost",
    count: 384,
    since: 50,
    groups: [
      { ...groups[0], turn: "person" },
      { ...groups[1], turn: "itself" },
      { ...groups[2], turn: "operator" },
      { ...groups[3], turn: "itself" },
    ],
    others: 3,
    broken: 77,
    person: 307,
  });
});

Deno.test("whose turn it is, by status and cause", () => {
  const cases = [
    ["broken", "unavailable", "itself"],
    ["broken", "", "itself"],
    ["broken", "invalid_client", "operator"],
    ["reauthorization_required", "invalid_client/access", "operator"],
    ["reauthorization_required", "not_installed", "person"],
    ["reauthorization_required", "invalid_grant/other_client", "person"],
  ] as const;
  for (const [status, cause, turn] of cases) equal(turnOf({ status, cause }), turn, `${status} ${cause}`);
});

Deno.test("a job that is not over stands in the way of a second one", () => {
  const job = progressOf(newJob("j", { kind: "targets" }, "admin", 0));
  for (const status of ["listing", "running", "waiting", "paused"] as const) {
    equal(jobUnderWay([{ ...job, status: "done" }, { ...job, status }])?.status, status);
  }
  equal(jobUnderWay([{ ...job, status: "done" }, { ...job, status: "cancelled" }]), undefined);
});

Deno.test("a zone is the one that the browser tells, else UTC; its offset is known, summer time too", () => {
  const winter = Date.UTC(2026, 0, 15, 12);
  const summer = Date.UTC(2026, 6, 15, 12);
  const cases = [
    [undefined, 0, 0],
    ["Asia/Seoul", 9, 9],
    ["Asia/Kolkata", 5.5, 5.5],
    ["America/New_York", -5, -4],
    ["Nowhere/Land", 0, 0],
    ["<script>", 0, 0],
    ["x".repeat(65), 0, 0],
  ] as const;
  for (const [told, inWinter, inSummer] of cases) {
    const zone = zoneOf(told);
    equal(offsetOf(zone, winter + 250), inWinter * HOUR, `${told}`);
    equal(offsetOf(zone, summer), inSummer * HOUR, `${told}`);
  }
});

Deno.test("moments are told in the reader's zone by its name, from hour 0 to 23", () => {
  const at = Date.UTC(2026, 10, 26, 15, 5, 9); // midnight in Seoul
  const view = { locale: "en-gb", zone: "Asia/Seoul", now: at + HOUR };
  equal(exactText(view, at), "27 Nov 2026, 00:05:09 GMT+9");
  equal(exactText({ locale: "ko", zone: "UTC" }, at), "2026년 11월 26일 15시 5분 9초 UTC");
  equal(clockText(view, at), "00:05");
  equal(clockText({ ...view, locale: "ko" }, at), "00:05");
  equal(clockText(view, at - HOUR), "26 Nov, 23:05");
});

Deno.test("the chart has a bar for every hour of the reader's, and counts each change where it belongs", () => {
  const now = Date.UTC(2026, 10, 24, 14, 30);
  const hour = now - now % HOUR;
  const time = { now, offsetMs: 0 };
  const bars = barsOf(
    [
      { hour: hour - 30 * HOUR, counts: { failed: 99 } },
      { hour: hour - HOUR, counts: { refreshed: 7, lost: 2, resumed: 1, recovered: 3 } },
      { hour, counts: { failed: 1, paused: 2, reauthorization_required: 3, saved: 50 } },
    ],
    "1",
    time,
  );
  equal(bars.length, 24);
  equal(bars[0]?.at, startOf("1", time));
  const none = { recovered: 0, failed: 0, reauthorization_required: 0, paused: 0 };
  deepEqual(bars.at(-2), { ...none, at: hour - HOUR, recovered: 4 });
  deepEqual(bars.at(-1), { ...none, at: hour, failed: 1, paused: 2, reauthorization_required: 3 });
  // A day begins at midnight in Seoul, and in India at the whole hour next to it.
  equal(startOf("30", { now, offsetMs: 9 * HOUR }), Date.UTC(2026, 9, 25, 15));
  equal(startOf("30", { now, offsetMs: 5.5 * HOUR }), Date.UTC(2026, 9, 25, 18));
});

Deno.test("what comes next of a connection is told as it is", () => {
  const cases = [
    ["connected", 5, false, "renewed"],
    ["connected", undefined, false, "nothing"],
    ["broken", 5, false, "retried"],
    ["broken", undefined, false, "daily"],
    ["paused", undefined, false, "location"],
    ["reauthorization_required", undefined, false, "person"],
    ["reauthorization_required", 5, false, "retried"],
    ["forgotten", undefined, false, "nothing"],
    ["forgotten", 5, false, "retried"],
    ["connected", 5, true, "read_only"],
    ["forgotten", 5, true, "read_only"],
  ] as const;
  for (const [status, nextAt, isReadOnly, step] of cases) {
    equal(nextStepOf({ status, nextAt, isReadOnly }), step, `${status} ${nextAt} ${isReadOnly}`);
    equal(nextStepOf({ status, nextAt, isReadOnly, isSuspended: true }), "suspended");
  }
});

Deno.test("a job's pace: elapsed, a minute's worth, and what is left where that can be said", () => {
  const at = (ms: number): string => new Date(ms).toISOString();
  const running = {
    createdAt: at(0),
    progressAt: at(60_000),
    status: "running",
    total: 100,
    remaining: 60,
  } as const;
  deepEqual(jobPace(running, 60_000), { elapsedMs: 60_000, perMinute: 40, leftMs: 90_000 });
  deepEqual(jobPace({ ...running, remaining: 100 }, 60_000), { elapsedMs: 60_000 });
  deepEqual(jobPace({ ...running, remaining: 95 }, 60_000), { elapsedMs: 60_000, perMinute: 5 }, "too few");
  deepEqual(
    jobPace(running, 120_000),
    { elapsedMs: 120_000, perMinute: 20 },
    "nothing has moved for a minute",
  );
  for (const status of ["listing", "waiting", "paused", "cancelled"] as const) {
    equal(jobPace({ ...running, status }, 60_000).leftMs, undefined, status);
  }
  const done = { ...running, status: "done", remaining: 0, finishedAt: at(50_000) } as const;
  deepEqual(jobPace(done, 1e9), { elapsedMs: 50_000, perMinute: 120 });
  deepEqual(jobPace({ ...running, createdAt: at(90_000) }, 60_000), { elapsedMs: 0 }, "a clock ahead");
  const view = { locale: "en-gb" };
  equal(durationText(view, 90_000), "2 minutes");
  equal(durationText({ locale: "ko" }, 3_600_000), "1시간");
  equal(durationText(view, 0), "0 seconds");
});
