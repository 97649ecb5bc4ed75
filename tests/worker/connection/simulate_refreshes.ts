import type { ConnectionRecord } from "../../../src/connections/record.ts";
import { HighLevelError } from "../../../src/oauth/highlevel_error.ts";
import type { ConnectionTarget } from "../../../src/oauth/target.ts";
import { decide } from "../../../src/worker/connection/installation.ts";
import { type InstallationFacts, NO_FACTS } from "../../../src/worker/connection/installation_facts.ts";
import { nextWork } from "../../../src/worker/connection/next_work.ts";

const HOUR_MS = 3_600_000;
/** How long HighLevel's access tokens live, ms. */
const LIFE_MS = 86_399_000;
/** When everything was recovered; no moment is 0, so that nothing is taken for missing. */
const BEGAN_AT = 1_000 * 24 * HOUR_MS;
/** The app's id, in front of the keys. */
const APP = "6637aef5e4b0f1a2b3c4d5e6";

/** A world of connections that were all recovered at one moment, which is harder than any bulk recovery. */
export interface RefreshWorld {
  /** How many. */
  readonly connections: number;
  /** How long they live on. */
  readonly days: number;
  /** Requests are counted in stretches of this length, ms. */
  readonly windowMs: number;
  /** HighLevel answers nothing from here to there, hours after the beginning. */
  readonly outage?: { readonly fromHour: number; readonly hours: number };
}

/** What became of them. */
export interface RefreshCourse {
  /** Tokens that were got. */
  readonly refreshes: number;
  /** The most in one stretch of time, as a multiple of an even share. */
  readonly highest: number;
  /** The highest of each day, in the same measure. */
  readonly highestByDay: readonly number[];
  /** Tokens that had ended before the next one came. */
  readonly late: number;
  /** The longest that one waited for its next token after its end, ms. */
  readonly longestLateMs: number;
  /** Connections without a living token, or in trouble, at the end. */
  readonly lost: number;
  /** Requests that were not answered. */
  readonly unanswered: number;
  /** The most requests of both kinds in one stretch of time, as a multiple of an even share. */
  readonly highestRequests: number;
  /** How long after the outage the last one was well again, ms. */
  readonly healedAfterMs: number;
}

/**
 * Lives `connections` through `days` of virtual time by the worker's own rules: `nextWork` says when each is refreshed, `decide`
 * what follows from the answer. Nobody asks for a token meanwhile: whoever does brings a connection back sooner.
 */
export function simulateRefreshes({ connections, days, windowMs, outage }: RefreshWorld): RefreshCourse {
  const endsAt = BEGAN_AT + days * 24 * HOUR_MS;
  const downFrom = outage ? BEGAN_AT + outage.fromHour * HOUR_MS : Infinity;
  const downUntil = outage ? downFrom + outage.hours * HOUR_MS : Infinity;
  const got = new Uint32Array(Math.ceil((endsAt - BEGAN_AT) / windowMs));
  const asked = new Uint32Array(got.length);
  let [refreshes, late, longestLateMs, lost, unanswered, healedAt] = [0, 0, 0, 0, 0, downUntil];

  const live = (target: ConnectionTarget, key: string): void => {
    let record = granted(target, BEGAN_AT);
    let facts = NO_FACTS;
    for (let now = BEGAN_AT;;) {
      const { refreshAt = Infinity, healAt = Infinity } = nextWork(record, facts, now, key);
      const dueAt = Math.max(now, Math.min(refreshAt, healAt));
      if (!(dueAt < endsAt)) break;
      now = dueAt;
      const stretch = Math.floor((now - BEGAN_AT) / windowMs);
      asked[stretch] = (asked[stretch] ?? 0) + 1;
      const isDown = now >= downFrom && now < downUntil;
      facts = told(facts, record, isDown, now);
      if (isDown) {
        unanswered++;
        if (healAt <= now) facts = decide({ target, facts, record }, { kind: "heal_tried" }, now).facts;
        continue;
      }
      const lateMs = now - endOf(record);
      if (lateMs > 0) late++;
      longestLateMs = Math.max(longestLateMs, lateMs);
      if (healAt <= now) healedAt = Math.max(healedAt, now);
      record = granted(target, now);
      refreshes++;
      got[stretch] = (got[stretch] ?? 0) + 1;
    }
    if (facts.trouble || endOf(record) <= endsAt) lost++;
  };
  for (let at = 0; at < connections; at++) {
    const locationId = `location${String(at).padStart(12, "0")}`;
    live({ locationId }, `${APP}/location/${locationId}`);
  }

  const even = refreshes / got.length;
  const dayStretches = 24 * HOUR_MS / windowMs;
  return {
    refreshes,
    highest: highestOf(got) / even,
    highestByDay: Array.from(
      { length: days },
      (_, day) => highestOf(got.subarray(day * dayStretches, (day + 1) * dayStretches)) / even,
    ),
    late,
    longestLateMs,
    lost,
    unanswered,
    highestRequests: highestOf(asked) / even,
    healedAfterMs: outage ? healedAt - downUntil : 0,
  };
}

function highestOf(counts: Uint32Array): number {
  return counts.reduce((most, each) => Math.max(most, each), 0);
}

/** A connection of `target` whose tokens were issued at `at`, ms. */
export function granted(target: ConnectionTarget, at: number): ConnectionRecord {
  return {
    target,
    status: "connected",
    tokens: {
      accessToken: "a",
      refreshToken: "r",
      tokenType: "Bearer",
      userType: "Location",
      expiresAt: new Date(at + LIFE_MS),
      scope: [],
    },
    accessTokenIssuedAt: at,
    updatedAt: at,
  };
}

function endOf(record: ConnectionRecord): number {
  return record.tokens?.expiresAt.getTime() ?? 0;
}

const DOWN = new HighLevelError("unavailable", "HighLevel answered 503.");

/** The facts after what the core tells of an attempt. */
function told(
  facts: InstallationFacts,
  record: ConnectionRecord,
  isDown: boolean,
  now: number,
): InstallationFacts {
  const { target } = record;
  const at = new Date(now);
  const event = isDown
    ? { type: "recovery_failed", target, at, error: DOWN, attempts: [] } as const
    : { type: "refreshed", target, at } as const;
  return decide({ target, facts, record }, { kind: "core", event }, now).facts;
}
