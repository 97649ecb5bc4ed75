import type { HighLevelErrorCode } from "../../../src/oauth/highlevel_error.ts";
import type { PlainRecovery } from "../../../src/worker/durable/plain_result.ts";
import type { JobEnd } from "../../../src/worker/recovery_job/job_api.ts";
import { type JobFacts, newJob } from "../../../src/worker/recovery_job/job_facts.ts";
import {
  afterResult,
  nextStep,
  probed,
  sent,
  takenBack,
} from "../../../src/worker/recovery_job/job_rules.ts";
import { afterVerdict, type TargetState, verdictOn } from "../../../src/worker/recovery_job/target_rules.ts";

/** When a target is due that is under way. */
const UNDER_WAY = Infinity;
/** From sending to reporting, ms. */
const ROUND_MS = 1_500;
/** Targets of a message. */
const MESSAGE = 10;
/** Messages of a batch. */
const BATCH = 10;
/** Recoveries that a batch of the queue has under way. */
const AT_ONCE = 20;

interface Target {
  outcome: JobEnd | undefined;
  dueAt: number;
  tries: number;
}

/**
 * A job of `size` in a world of values: `trouble` is what HighLevel answers at a time (ms from the start). The queue's
 * consumer leaves the rest of a batch where three in a row met trouble, or the credentials are refused.
 */
export function simulateJob(
  size: number,
  trouble: (at: number) => HighLevelErrorCode | undefined,
  longestMs = 26 * 3_600_000,
): { readonly requestsAt: readonly number[]; readonly facts: JobFacts; readonly endedAt: number } {
  const targets = Array.from({ length: size }, (): Target => ({ outcome: undefined, dueAt: 0, tries: 0 }));
  let facts: JobFacts = { ...newJob("job", { kind: "targets" }, "test", 0), isStarted: true, total: size };
  const requestsAt: number[] = [];
  const onTheWay: { readonly at: number; readonly targets: readonly Target[]; readonly round: number }[] = [];
  let now = 0;

  const stateOf = ({ outcome, dueAt, tries }: Target): TargetState => ({
    outcome,
    isUnderWay: outcome === undefined && dueAt === UNDER_WAY,
    tries,
  });
  const takeBack = (): void => {
    for (const each of targets) {
      if (each.outcome === undefined && each.dueAt === UNDER_WAY) each.dueAt = now;
    }
  };
  const waiting = (): Target[] =>
    targets.filter(({ outcome, dueAt }) => outcome === undefined && dueAt !== UNDER_WAY)
      .sort((one, other) => one.dueAt - other.dueAt);
  const send = (which: readonly Target[]): void => {
    for (const each of which) each.dueAt = UNDER_WAY;
    facts = sent(facts, which.length, now);
    for (let at = 0; at < which.length; at += MESSAGE * BATCH) {
      onTheWay.push({
        at: now + ROUND_MS,
        targets: which.slice(at, at + MESSAGE * BATCH),
        round: facts.round,
      });
    }
  };
  const consume = (batch: readonly Target[], round: number): void => {
    if (round !== facts.round || facts.stop?.by === "person") return;
    let inARow = 0;
    const results = batch.map((each, index): readonly [Target, PlainRecovery | undefined] => {
      if (inARow >= 3 && index >= AT_ONCE) return [each, undefined];
      requestsAt.push(now);
      const code = trouble(now);
      inARow = code ? inARow + 1 : 0;
      const target = { locationId: "one" };
      const attempts = [{ by: "reconnect", ms: 1 }] as const;
      if (!code) return [each, { target, outcome: "recovered", attempts }];
      const error = { code, message: "no", retryable: code !== "invalid_client" };
      return [each, { target, outcome: "failed", attempts, error }];
    });
    const wasStopped = facts.stop !== undefined;
    for (const [, result] of results) if (result) facts = afterResult(facts, result, now);
    if (!wasStopped && facts.stop) takeBack();
    for (const [each, result] of results) {
      const state = stateOf(each);
      const verdict = verdictOn(facts, state, result, now);
      facts = afterVerdict(facts, state, verdict, now);
      if (verdict.is === "ended") each.outcome = verdict.as;
      if (verdict.is === "due") [each.dueAt, each.tries] = [verdict.at, verdict.tries];
    }
  };

  while (now <= longestMs) {
    for (let index = onTheWay.findIndex(({ at }) => at <= now); index >= 0;) {
      const [message] = onTheWay.splice(index, 1);
      if (message) consume(message.targets, message.round);
      index = onTheWay.findIndex(({ at }) => at <= now);
    }
    const step = nextStep(facts, waiting()[0]?.dueAt, now);
    switch (step.do) {
      case "send":
        send(waiting().filter(({ dueAt }) => dueAt <= now).slice(0, step.most));
        break;
      case "probe":
        facts = probed(facts, now);
        send(waiting().slice(0, 1));
        break;
      case "take back":
        takeBack();
        facts = takenBack(facts, now);
        break;
      case "finish":
        return { requestsAt, facts: { ...facts, endedAt: now }, endedAt: now };
      case "list":
      case "give up":
      case "drop":
        return { requestsAt, facts, endedAt: now };
      case "sleep":
        now = Math.max(now + 1, Math.min(step.until, ...onTheWay.map(({ at }) => at)));
    }
  }
  return { requestsAt, facts, endedAt: now };
}
