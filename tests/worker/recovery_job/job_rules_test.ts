import assert from "node:assert/strict";
import type { PlainError, PlainRecovery } from "../../../src/worker/durable/plain_result.ts";
import { type JobFacts, newJob, progressOf, statusOf } from "../../../src/worker/recovery_job/job_facts.ts";
import {
  afterResult,
  goesOn,
  nextStep,
  probed,
  resumed,
  sent,
  stoppedBy,
} from "../../../src/worker/recovery_job/job_rules.ts";
import { type TargetState, verdictOn } from "../../../src/worker/recovery_job/target_rules.ts";
import { simulateJob } from "./simulate_job.ts";

const NOW = 1_800_000_000_000;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const target = { locationId: "loc1" };
const fresh: TargetState = { outcome: undefined, isUnderWay: true, tries: 0 };

const recovered: PlainRecovery = {
  target,
  outcome: "recovered",
  by: "reconnect",
  attempts: [{ by: "reconnect", ms: 1 }],
};
const byStore: PlainRecovery = { target, outcome: "recovered", by: "store", attempts: [] };

function failed(code: PlainError["code"], more: Partial<PlainError> = {}): PlainRecovery {
  const retryable = /^(rate_limited|unavailable|network|timeout|malformed_response|store_failed)$/.test(code);
  const error = { code, message: "Location loc1: no.", retryable, ...more };
  return { target, outcome: "failed", attempts: [{ by: "reconnect", code, ms: 1 }], error };
}

function job(more: Partial<JobFacts> = {}): JobFacts {
  const made = newJob("job1", { kind: "targets" }, "admin", NOW);
  return { ...made, isStarted: true, total: 100, ...more };
}

function after(facts: JobFacts, results: readonly PlainRecovery[], now = NOW): JobFacts {
  return results.reduce((so, result) => afterResult(so, result, now), facts);
}

const times = (count: number, result: PlainRecovery): PlainRecovery[] =>
  Array.from({ length: count }, () => result);

Deno.test("what a job does next", async (t) => {
  const some = { ends: { ...job().ends, recovered: 1 } };
  const ended = { ends: { ...job().ends, recovered: 100 } };
  const waiting = after(job(some), times(10, failed("unavailable")));
  const cases: readonly (readonly [string, JobFacts, number | undefined, number, unknown])[] = [
    ["one never started is dropped after an hour", job({ isStarted: false }), 0, NOW + HOUR, { do: "drop" }],
    ["and sleeps until then", job({ isStarted: false }), 0, NOW, { do: "sleep", until: NOW + HOUR }],
    ["at first one target finds out for all", job(), 0, NOW, { do: "send", most: 1 }],
    ["which is waited for", job({ underWay: 1 }), 0, NOW, { do: "sleep", until: NOW + 20_000 }],
    ["20 s without a report: it is lost", job({ underWay: 1 }), 0, NOW + 20_000, { do: "take back" }],
    ["then 40 s", job({ underWay: 1, losses: 1 }), 0, NOW + 20_000, { do: "sleep", until: NOW + 40_000 }],
    ["what is due later is waited for", job(), NOW + 5_000, NOW, { do: "sleep", until: NOW + 5_000 }],
    ["it lists while it sends", job({ isListed: false, underWay: 1 }), 0, NOW, { do: "list" }],
    ["it sends before it lists on", job({ isListed: false }), 0, NOW, { do: "send", most: 1 }],
    ["all ended: it is done", job(ended), undefined, NOW, { do: "finish" }],
    ["not before all were found", job({ ...ended, isListed: false }), undefined, NOW, { do: "list" }],
    ["waiting, it sleeps", waiting, 0, NOW, { do: "sleep", until: NOW + 30_000 }],
    ["then one target probes", waiting, 0, NOW + 30_000, { do: "probe" }],
    ["or the list, where it has no target", { ...waiting, isListed: false }, undefined, NOW + 30_000, {
      do: "list",
    }],
    ["after a day it gives up", waiting, 0, NOW + DAY, { do: "give up" }],
    ["paused, it sends nothing", stoppedBy(job(), "paused", NOW), 0, NOW + DAY, {
      do: "sleep",
      until: NOW + 30 * DAY,
    }],
    ["cancelled, it is kept a week", stoppedBy(job(), "cancelled", NOW), 0, NOW, {
      do: "sleep",
      until: NOW + 7 * DAY,
    }],
    ["and dropped", stoppedBy(job(), "cancelled", NOW), 0, NOW + 7 * DAY, { do: "drop" }],
    ["so is one that is done", job({ endedAt: NOW }), undefined, NOW + 7 * DAY, { do: "drop" }],
  ];
  for (const [name, facts, dueAt, now, step] of cases) {
    await t.step(name, () => assert.deepEqual(nextStep(facts, dueAt, now), step));
  }
});

Deno.test("K3: what stops a job by itself, and what does not", async (t) => {
  const down = failed("unavailable");
  const refused = failed("invalid_client");
  const some = job({ ends: { ...job().ends, recovered: 1 }, trouble: { inARow: 0, isAccepted: true } });
  const cases: readonly (readonly [string, JobFacts, readonly PlainRecovery[], string | undefined])[] = [
    ["credentials refused, none accepted before: at once", job(), [refused], "refused"],
    ["refused, after some were accepted: 9 in a row do not", some, times(9, refused), undefined],
    ["10 do", some, times(10, refused), "refused"],
    ["HighLevel down from the beginning: 4 in a row do not", job(), times(4, down), undefined],
    ["5 do", job(), times(5, down), "outage"],
    ["HighLevel down in the middle: 9 in a row do not", some, times(9, down), undefined],
    ["10 do, of whatever kind", some, [...times(5, failed("timeout")), ...times(5, down)], "outage"],
    ["an answer in between counts anew", some, [...times(9, down), recovered, down], undefined],
    ["a refusal of HighLevel's is an answer", some, [
      ...times(9, down),
      failed("not_installed"),
      down,
    ], undefined],
    ["429 is no outage", some, times(30, failed("rate_limited")), undefined],
  ];
  for (const [name, facts, results, why] of cases) {
    await t.step(name, () => {
      const { stop } = after(facts, results);
      assert.equal(stop?.by === "itself" ? stop.why : undefined, why);
    });
  }
  await t.step("the reason says what happened and what to do", () => {
    const told = progressOf(after(job(), [refused]));
    assert.equal(told.status, "waiting");
    assert.match(told.problem ?? "", /credentials.*HIGHLEVEL_CLIENT_SECRET.*invalid_client/);
    assert.equal(told.nextTryAt, new Date(NOW + 10 * MINUTE).toISOString());
  });
});

Deno.test("a job that waits goes on with the first answer, carefully", () => {
  const waiting = after(job(), times(5, failed("network")));
  assert.equal(statusOf(waiting), "waiting");
  assert.equal(statusOf(afterResult(waiting, failed("network"), NOW)), "waiting");
  for (const answer of [recovered, failed("not_installed"), failed("rate_limited")]) {
    const on = afterResult(waiting, answer, NOW);
    assert.deepEqual([statusOf(on), on.pace.most], ["running", 1]);
  }
  const unasked = afterResult(waiting, byStore, NOW);
  assert.equal(statusOf(unasked), "waiting", "that one answered from here, HighLevel was not asked");
  assert.deepEqual(nextStep(unasked, 0, NOW), { do: "probe" }, "so the next one is");
});

Deno.test("probes: every 30 s while HighLevel is down; ever rarer while it refuses the credentials", () => {
  const pauses = (why: "invalid_client" | "unavailable"): number[] => {
    let facts = after(job(), times(5, failed(why)));
    const found: number[] = [];
    for (let now = NOW; found.length < 8;) {
      const at = facts.stop?.by === "itself" ? facts.stop.tryAt : NaN;
      found.push((at - now) / 1_000);
      now = at;
      facts = afterResult(probed(facts, now), failed(why), now);
    }
    return found;
  };
  assert.deepEqual(pauses("unavailable"), Array.from({ length: 8 }, () => 30));
  assert.deepEqual(pauses("invalid_client"), [600, 1200, 2400, 4800, 9600, 19200, 21600, 21600]);
});

Deno.test("what a report says of a target", async (t) => {
  const running = job({ ends: { ...job().ends, recovered: 1 } });
  const waiting = after(running, times(10, failed("unavailable")));
  const down = failed("unavailable");
  const state = (more: Partial<TargetState>): TargetState => ({ ...fresh, ...more });
  const due = (afterMs: number, tries: number) => ({ is: "due", at: NOW + afterMs, tries });
  const cases: readonly (readonly [string, JobFacts, TargetState, PlainRecovery | undefined, unknown])[] = [
    ["recovered", running, fresh, recovered, { is: "ended", as: "recovered" }],
    ["a final refusal", running, fresh, failed("not_installed"), { is: "ended", as: "failed" }],
    ["not begun: due at once", running, state({ tries: 3 }), undefined, due(0, 3)],
    ["trouble: again in 5 s", running, fresh, down, due(5_000, 1)],
    ["then in 15", running, state({ tries: 1 }), down, due(15_000, 2)],
    ["in 20 minutes at most", running, state({ tries: 6 }), down, due(20 * MINUTE, 7)],
    ["the eighth time is the last", running, state({ tries: 7 }), down, { is: "ended", as: "failed" }],
    ["not in trouble of everybody", waiting, state({ tries: 7 }), down, due(0, 7)],
    ["as late as HighLevel asks", running, fresh, failed("rate_limited", { retryAfterMs: 60_000 }), {
      ...due(60_000, 1),
    }],
    ["refused credentials are tried again", running, fresh, failed("invalid_client"), due(5_000, 1)],
    ["a second report of one that ended", running, state({ outcome: "paused" }), recovered, {
      is: "nothing new",
    }],
    ["one given up that came back", running, state({ outcome: "failed" }), recovered, { is: "made good" }],
    ["not the other way round", running, state({ outcome: "recovered" }), down, { is: "nothing new" }],
  ];
  for (const [name, facts, about, recovery, verdict] of cases) {
    await t.step(name, () => assert.deepEqual(verdictOn(facts, about, recovery, NOW), verdict));
  }
});

Deno.test("a person pauses, resumes and cancels; what ended stays as it is", () => {
  const busy = sent(job(), 1, NOW);
  const paused = stoppedBy(busy, "paused", NOW);
  assert.deepEqual([statusOf(paused), paused.underWay, paused.round], ["paused", 0, 1]);
  assert.equal(stoppedBy(paused, "paused", NOW + 1), paused, "a second time changes nothing");
  assert.equal(
    statusOf(afterResult(paused, recovered, NOW)),
    "paused",
    "what was at work ends, the job does not go on",
  );
  assert.equal(statusOf(resumed(paused, NOW)), "running");
  const waiting = after(job(), [failed("invalid_client")]);
  assert.deepEqual(nextStep(resumed(waiting, NOW), 0, NOW), { do: "probe" }, "one that waits tries at once");
  assert.equal(statusOf(stoppedBy(waiting, "paused", NOW)), "paused");
  assert.equal(statusOf(goesOn(waiting)), "running");
  const cancelled = stoppedBy(paused, "cancelled", NOW);
  assert.equal(progressOf(cancelled).finishedAt, new Date(NOW).toISOString());
  assert.equal(resumed(cancelled, NOW), cancelled);
  const done = job({ endedAt: NOW });
  assert.equal(stoppedBy(done, "paused", NOW), done);
});

Deno.test("K3: a job of 500 over a HighLevel that is down for 30 minutes", () => {
  const { requestsAt, facts, endedAt } = simulateJob(
    500,
    (at) => at < 30 * MINUTE ? "unavailable" : undefined,
  );
  const inOutage = requestsAt.filter((at) => at < 30 * MINUTE);
  assert.ok(inOutage.length <= 70, `${inOutage.length} recoveries begun meanwhile`);
  assert.equal(facts.ends.recovered, 500);
  const firstAfter = requestsAt.find((at) => at >= 30 * MINUTE) ?? Infinity;
  assert.ok(firstAfter <= 30 * MINUTE + 30_000, "it goes on within 30 s");
  assert.ok(endedAt < 32 * MINUTE, `${endedAt / MINUTE} min`);
});

Deno.test("K3: HighLevel goes down in the middle, for any size of job: few at once, none given up", () => {
  for (const size of [1, 2, 3, 10, 60, 5_000]) {
    for (const from of [0, 3_000, 10_000]) {
      const isDown = (at: number): boolean => at >= from && at < from + 30 * MINUTE;
      const { requestsAt, facts } = simulateJob(size, (at) => isDown(at) ? "network" : undefined);
      assert.equal(facts.ends.recovered, size, `${size} from ${from}`);
      const down = requestsAt.filter((at) => isDown(at) && at >= from + 2_000);
      assert.ok(down.length < 75, `${size} from ${from}: ${down.length}`);
      for (const at of down) {
        assert.ok(down.filter((other) => other >= at && other < at + 1_000).length <= 5, `${size} at ${at}`);
      }
    }
  }
});

Deno.test("K3: wrong credentials cost at most 20 refusals, also where they go wrong in the middle", () => {
  for (const from of [0, 2_000, 4_000]) {
    const { requestsAt, facts } = simulateJob(
      500,
      (at) => at >= from ? "invalid_client" : undefined,
      3 * HOUR,
    );
    const refused = requestsAt.filter((at) => at >= from);
    assert.ok(refused.length <= 25, `from ${from}: ${refused.length}`);
    if (from === 0) assert.ok(refused.length <= 6);
    assert.equal(statusOf(facts), "waiting");
  }
});

Deno.test("500 targets that go well take few rounds", () => {
  const { endedAt, facts } = simulateJob(500, () => undefined);
  assert.equal(facts.ends.recovered, 500);
  assert.ok(endedAt < 20_000, `${endedAt} ms`);
});
