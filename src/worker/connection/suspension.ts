import { type ConnectionRecord, REFRESH_TOKEN_MS } from "../../connections/host.ts";
import type { Connection } from "../../connections/mod.ts";
import { defined, describeTarget } from "../../oauth/host.ts";
import { type ConnectionTarget, HighLevelError } from "../../oauth/mod.ts";
import { plainError, type PlainRecovery } from "../durable/plain_result.ts";
import type { Decision } from "./installation_event.ts";
import type { ScheduledWork } from "./scheduled_work.ts";

/** That a person suspended a connection: nothing is asked of HighLevel for it, and no token is handed out. */
export interface Suspension {
  /** When, ms. */
  readonly at: number;
  /** Who: the name or role of a key. */
  readonly by?: string;
  /** Why, in the person's words; {@linkcode REASON_LENGTH} characters at most. */
  readonly reason?: string;
}

/** The trouble of a connection that a person suspended. */
export const SUSPENDED = { code: "location_inactive", reason: "suspended" } as const;

/** Whether a person suspended it, or the agency that it needs. */
export function isOfSuspended(connection: Connection | undefined): boolean {
  return connection?.trouble?.reason === SUSPENDED.reason;
}

/** Characters of a reason at most. */
export const REASON_LENGTH = 200;

/** Work that asks HighLevel for something, or tells people of trouble: none of it while a connection is suspended. */
export const ASKING: readonly ScheduledWork[] = [
  "install",
  "refresh",
  "heal",
  "mint",
  "bring_back",
  "tell_broken",
];

/** `decision` without what is not done while the connection is suspended: {@linkcode ASKING}, and alerts. */
export function whileSuspended(decision: Decision): Decision {
  if (!decision.facts.suspended) return decision;
  const effects = decision.effects.filter((effect) =>
    effect.do !== "alert" && !(effect.do === "schedule" && ASKING.includes(effect.work))
  );
  return { ...decision, effects };
}

/** When the refresh token of `record` ends unused, ms; `undefined` where there is none that may work. */
export function refreshTokenEndsAt(record: ConnectionRecord | undefined): number | undefined {
  const { tokens, refreshTokenDead, refreshTokenIssuedAt } = record ?? {};
  const mayWork = tokens?.refreshToken !== undefined && !refreshTokenDead;
  return mayWork && refreshTokenIssuedAt !== undefined ? refreshTokenIssuedAt + REFRESH_TOKEN_MS : undefined;
}

/** What whoever asks for a suspended connection is told. */
export function suspendedError(target: ConnectionTarget, { by, reason }: Suspension): HighLevelError {
  const who = by === undefined ? "" : ` by ${by}`;
  const why = reason === undefined ? "" : ` ("${reason}")`;
  const message = `${
    describeTarget(target)
  } is suspended here${who}${why}. Its tokens are kept; resume it to use them.`;
  return new HighLevelError(SUSPENDED.code, message, { reason: SUSPENDED.reason, target });
}

/** What a recovery of a suspended connection comes to: it is left alone. */
export function suspendedRecovery(target: ConnectionTarget, suspension: Suspension): PlainRecovery {
  return {
    target,
    outcome: "paused",
    attempts: [],
    error: plainError(suspendedError(target, suspension)),
  };
}

/**
 * The record as KV has it while the connection is suspended: paused, and with an access token that has ended, so that no reader near
 * a caller serves it, of this version or an older one. The refresh token is there, and its age: the daily sweep warns before it ends.
 */
export function suspendedCopy({ spendingSince: _, ...record }: ConnectionRecord): ConnectionRecord {
  if (record.status === "forgotten") return record;
  const { tokens, refreshTokenDead, refreshTokenIssuedAt } = record;
  return defined({
    ...record,
    status: "paused" as const,
    tokens: tokens && { ...tokens, expiresAt: new Date(0) },
    refreshTokenIssuedAt: refreshTokenDead ? undefined : refreshTokenIssuedAt,
  });
}
