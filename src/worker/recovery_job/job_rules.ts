import { slowed, type SystemicTrouble, systemicTrouble, troubled } from "../../connections/host.ts";
import { defined, LONGEST_WAIT_MS } from "../../oauth/host.ts";
import type { PlainError, PlainRecovery } from "../durable/plain_result.ts";
import {
  firstPace,
  type JobFacts,
  type JobStop,
  MOST_UNDER_WAY,
  progressOf,
  remainingOf,
  statusOf,
} from "./job_facts.ts";

/*
 * What a job does, as rules over values: no storage, no queue, no clock. Moments and lengths are in ms.
 */

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** A job that ended is kept this long. */
const KEPT_MS = 7 * DAY_MS;
/** A job that a person paused is kept this long. */
const PAUSED_MS = 30 * DAY_MS;
/** A job that was never started is dropped after this. */
const ABANDONED_MS = HOUR_MS;
/**
 * While nobody reports for this long, what is under way counts as lost: a queue may forget its messages. Twice as long each time
 * that nothing comes of it: the queue may just be slow.
 */
export const LOST_MS = 20_000;
const LONGEST_LOST_MS = 10 * MINUTE_MS;
/** Recoveries in a row that meet trouble of everybody stop a job. */
const TROUBLE_IN_A_ROW = 10;
/** So many stop one where nothing has ended yet: nothing says that HighLevel answers at all. */
const TROUBLE_AT_FIRST = 5;
/** After trouble the next target is sent no sooner than this. */
const AFTER_TROUBLE_MS = 1_000;
/** So many more may be under way after each answer: three rounds of the queue, and a healthy job is as fast as it gets. */
const MORE_AFTER_ANSWER = 20;
/** While HighLevel is down, one target asks so often whether it is back. */
const PROBE_MS = 30_000;
/** While the credentials are refused: this, and twice as long every time, up to six hours. */
const REFUSED_PROBE_MS = 10 * MINUTE_MS;
const LONGEST_PROBE_MS = 6 * HOUR_MS;
/** A job that waited this long gives its targets up. */
const PATIENCE_MS = DAY_MS;
/** What a job does next. */
export type JobStep =
  | { readonly do: "list" }
  /** Send targets that are due. */
  | { readonly do: "send"; readonly most: number }
  /** Send one target, to find out whether trouble is over. */
  | { readonly do: "probe" }
  /** Take back what is under way, and send it again. */
  | { readonly do: "take back" }
  /** End what is left with its last reason. */
  | { readonly do: "give up" }
  | { readonly do: "finish" }
  /** Delete everything. */
  | { readonly do: "drop" }
  | { readonly do: "sleep"; readonly until: number };

/** What the job does at `now`, where its first target is due at `dueAt`. */
export function nextStep(
  facts: JobFacts,
  dueAt: number | undefined,
  now: number,
  lostMs: number = LOST_MS,
): JobStep {
  const { stop, createdAt, endedAt = createdAt, movedAt, underWay, pace, isListed } = facts;
  const dropAfter = (at: number): JobStep => now >= at ? { do: "drop" } : { do: "sleep", until: at };
  if (!facts.isStarted) return dropAfter(createdAt + ABANDONED_MS);
  const lostAt = movedAt + Math.min(LONGEST_LOST_MS, lostMs * 2 ** facts.losses);
  // What is left and waits for nothing must be under way, whatever the count of it says.
  const isOut = underWay > 0 || isListed && dueAt === undefined && remainingOf(facts) > 0;
  const isLost = isOut && now >= lostAt;
  switch (statusOf(facts)) {
    case "done":
    case "cancelled":
      return dropAfter(endedAt + KEPT_MS);
    case "paused":
      return dropAfter((stop?.since ?? createdAt) + PAUSED_MS);
    case "waiting":
      if (stop?.by !== "itself") return { do: "sleep", until: now };
      if (now >= stop.since + PATIENCE_MS) return { do: "give up" };
      if (isLost) return { do: "take back" };
      if (isOut) return { do: "sleep", until: lostAt };
      if (now < stop.tryAt) return { do: "sleep", until: stop.tryAt };
      if (dueAt !== undefined) return { do: "probe" };
      return { do: isListed ? "finish" : "list" };
    case "listing":
    case "running": {
      if (isListed && remainingOf(facts) === 0) return { do: "finish" };
      if (isLost) return { do: "take back" };
      const room = Math.floor(Math.min(pace.brake.limit, pace.most)) - underWay;
      const sendAt = room > 0 && dueAt !== undefined ? Math.max(dueAt, pace.pausedUntil) : Infinity;
      if (sendAt <= now) return { do: "send", most: room };
      if (!isListed) return { do: "list" };
      return { do: "sleep", until: Math.min(sendAt, isOut ? lostAt : now + HOUR_MS) };
    }
  }
}

/** The facts after one more recovery was reported: how fast the job goes on, and whether it stops or goes on at all. */
export function afterResult(facts: JobFacts, result: PlainRecovery, now: number): JobFacts {
  const { stop } = facts;
  const met = systemicTrouble(result.error);
  if (!met && result.attempts.length === 0 && stop?.by === "itself") {
    return { ...facts, stop: { ...stop, tryAt: now } }; // nobody had to be asked: another one probes
  }
  const { trouble, stop: why } = troubled(facts.trouble, result, TROUBLE_IN_A_ROW);
  if (met) return afterTrouble({ ...facts, trouble }, met, why, result.error, now);
  const next = { ...facts, trouble };
  return stop?.by === "itself" ? goesOn(next) : afterAnswer(next, result, now);
}

/** Trouble that may be everybody's: slower at once, and no further where it is. */
function afterTrouble(
  facts: JobFacts,
  met: SystemicTrouble,
  why: SystemicTrouble | undefined,
  error: PlainError | undefined,
  now: number,
): JobFacts {
  const { pace, trouble, total } = facts;
  const most = Math.max(1, pace.most / 2);
  const slower = { ...facts, pace: { ...pace, most, pausedUntil: now + AFTER_TROUBLE_MS } };
  if (facts.stop) return slower;
  const isAtFirst = trouble.inARow >= TROUBLE_AT_FIRST && remainingOf(facts) === total;
  const systemic = why ?? (isAtFirst ? met : undefined);
  return systemic ? stopped(slower, systemic, error, now) : slower;
}

/** An answer, good or bad: HighLevel is there. */
function afterAnswer(facts: JobFacts, result: PlainRecovery, now: number): JobFacts {
  const { brake, pauseMs } = slowed(facts.pace.brake, result, MOST_UNDER_WAY);
  const most = Math.min(MOST_UNDER_WAY, facts.pace.most + MORE_AFTER_ANSWER);
  const pausedUntil = Math.max(facts.pace.pausedUntil, now + Math.min(pauseMs, LONGEST_WAIT_MS));
  return { ...facts, pace: { brake, most, pausedUntil } };
}

/** The job stops itself: HighLevel, or the store, has trouble that is nobody's own. */
export function stopped(
  facts: JobFacts,
  why: SystemicTrouble,
  error: Pick<PlainError, "code" | "message"> | undefined,
  now: number,
): JobFacts {
  const stop: JobStop = {
    by: "itself",
    why,
    reason: reasonOf(why, error),
    since: now,
    tryAt: now + probeDelayMs(why, 0),
    probes: 0,
  };
  return voided({ ...facts, stop }, now);
}

function reasonOf(why: SystemicTrouble, error: Pick<PlainError, "code" | "message"> | undefined): string {
  const last = error ? ` Last: ${error.message} (${error.code})` : "";
  switch (why) {
    case "refused":
      return `HighLevel refuses the app's credentials: correct HIGHLEVEL_CLIENT_ID and HIGHLEVEL_CLIENT_SECRET, then resume.${last}`;
    case "outage":
      return `HighLevel, or the store, is out of reach. One connection asks every 30 seconds; all go on when it answers.${last}`;
  }
}

function probeDelayMs(why: SystemicTrouble, probes: number): number {
  switch (why) {
    case "outage":
      return PROBE_MS;
    case "refused":
      return Math.min(LONGEST_PROBE_MS, REFUSED_PROBE_MS * 2 ** probes);
  }
}

/** The facts after a probe was sent, by a target or by listing. */
export function probed(facts: JobFacts, now: number): JobFacts {
  const { stop } = facts;
  if (stop?.by !== "itself") return facts;
  const probes = stop.probes + 1;
  return { ...facts, stop: { ...stop, probes, tryAt: now + probeDelayMs(stop.why, probes) } };
}

/** The facts after `count` targets were sent. */
export function sent(facts: JobFacts, count: number, now: number): JobFacts {
  const { underWay, movedAt } = facts;
  return { ...facts, underWay: underWay + count, movedAt: underWay === 0 ? now : movedAt };
}

/** The facts after what is under way counts as lost. Its messages stay good: the queue may just be slow. */
export function takenBack(facts: JobFacts, now: number): JobFacts {
  const { pace, losses } = facts;
  const slowly = { ...firstPace(), brake: pace.brake };
  return { ...facts, underWay: 0, movedAt: now, losses: losses + 1, pace: slowly };
}

/** The facts after everything under way was called back: its messages are void. */
function voided(facts: JobFacts, now: number): JobFacts {
  return { ...takenBack(facts, now), losses: 0, round: facts.round + 1 };
}

/** A person pauses or cancels the job; one that ended stays as it is. */
export function stoppedBy(facts: JobFacts, as: "paused" | "cancelled", now: number): JobFacts {
  if (facts.endedAt !== undefined || facts.stop?.by === "person" && facts.stop.as === as) return facts;
  const stop: JobStop = { by: "person", as, since: now };
  return { ...voided({ ...facts, stop }, now), ...(as === "cancelled" && { endedAt: now }) };
}

/** A person resumes the job: one that waits tries at once. One that ended stays as it is. */
export function resumed(facts: JobFacts, now: number): JobFacts {
  if (facts.endedAt !== undefined || !facts.stop) return facts;
  if (facts.stop.by === "itself") {
    return { ...facts, losses: 0, stop: { ...facts.stop, tryAt: now, probes: 0 } }; // also where its probe seemed slow
  }
  return { ...goesOn(facts), movedAt: now };
}

/** The facts of a job that stopped and goes on: carefully, as at first. */
export function goesOn({ stop: _, ...facts }: JobFacts): JobFacts {
  return {
    ...facts,
    trouble: { ...facts.trouble, inARow: 0 },
    pace: { ...firstPace(), brake: facts.pace.brake },
  };
}

/** The facts after a page of targets was found, which goes on at `cursor`. */
export function listed({ cursor: _, ...facts }: JobFacts, cursor: string | undefined): JobFacts {
  const next = cursor === undefined ? { ...facts, isListed: true } : { ...facts, cursor };
  return next.stop?.by === "itself" ? goesOn(next) : next;
}

/** The facts after the finding of targets broke off: it waits in trouble of everybody, else the job goes on with those it has. */
export function listingFailed(
  facts: JobFacts,
  error: Pick<PlainError, "code" | "message" | "retryable">,
  now: number,
): JobFacts {
  const met = systemicTrouble(error);
  if (met) return facts.stop ? probed(facts, now) : stopped(facts, met, error, now);
  return listed({ ...facts, problem: error.message }, undefined);
}

/** The facts after `count` targets were given up. */
export function givenUp(facts: JobFacts, count: number): JobFacts {
  const { ends, seq } = facts;
  const { problem } = progressOf(facts);
  const next = {
    ...facts,
    isListed: true,
    underWay: 0,
    seq: seq + count,
    ends: { ...ends, failed: ends.failed + count },
    ...defined({ problem }),
  };
  return remainingOf(next) > 0 ? next : goesOn(next);
}
