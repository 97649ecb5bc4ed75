import { type ConnectionRecord, isYoung } from "../../connections/host.ts";
import { describeTarget } from "../../oauth/host.ts";
import { HighLevelError, type TokenSet } from "../../oauth/mod.ts";
import { plainError, type Result, resultOf } from "../durable/plain_result.ts";
import { sha256Hex } from "../http/digest.ts";
import type { HandedToken } from "./connection_api.ts";
import { linkFor } from "./link_for.ts";
import type { ObjectParts } from "./object_parts.ts";
import { suspendedError } from "./suspension.ts";

/** A caller's word that a token is refused replaces it once in this time, ms. */
const HEALING_PAUSE_MS = 60_000;

/** While the worker is read-only a caller may ask again after this, ms. */
const READ_ONLY_RETRY_MS = 60_000;

/** A token that a caller says is refused: itself, or the SHA-256 (hex) of it. */
export interface RefusedToken {
  readonly rejected?: string;
  readonly rejectedHash?: string;
}

/** The last replacing of a token on a caller's word, as this instance knows it. */
export interface LastHealing {
  /** When it began, ms. */
  at: number;
  /** The token that is being replaced right now: whoever says the same of it waits for the same. */
  underWay: string | undefined;
}

/** The token that a caller is answered with, or why there is none: the one that is held, while the worker is read-only. */
export async function answerToken(
  parts: ObjectParts,
  refused: RefusedToken,
  last: LastHealing,
): Promise<Result<HandedToken>> {
  const { suspended } = parts.facts.installation;
  if (suspended) return { ok: false, error: plainError(suspendedError(parts.target, suspended)) };
  if (parts.app.settings.readOnly) return await resultOf(() => handHeldToken(parts, refused));
  const result = await resultOf(() => handToken(parts, refused, last));
  if (result.ok || result.error.code !== "reauthorization_required") return result;
  return { ...result, error: { ...result.error, ...await linkFor(parts, await parts.record()) } };
}

/**
 * A token that can be used. One that a caller says is refused is replaced first, once a minute: a caller that refuses
 * whatever it gets shall not wear out the connection. Who comes sooner gets the token that is held, and is told to wait.
 */
async function handToken(
  parts: ObjectParts,
  refused: RefusedToken,
  last: LastHealing,
): Promise<HandedToken> {
  const { connections, store, target } = parts;
  const rejected = await rejectedOf(parts, refused);
  const waitMs = refused.rejectedHash === undefined ? 0 : pauseOf(parts, rejected, last);
  const isHealing = rejected !== undefined && waitMs === 0;
  if (isHealing && refused.rejectedHash !== undefined) began(parts, rejected, last);
  try {
    const tokens = await connections.tokens(target, isHealing ? { rejected } : {});
    const handed = handedToken(tokens, await parts.record(), Date.now());
    await store.settled();
    return { ...handed, ...waitMs > 0 && { retryAfterMs: waitMs } };
  } finally {
    if (last.underWay === rejected) last.underWay = undefined;
  }
}

/**
 * While the worker is read-only: the token that is held, as long as it lives. Nothing is asked for another one, since the refresh
 * token that it would cost may have been moved elsewhere by now.
 *
 * @throws {HighLevelError} `not_installed` after it was forgotten, else `store_failed` with reason `read_only`: it has none that serves.
 */
async function handHeldToken(parts: ObjectParts, refused: RefusedToken): Promise<HandedToken> {
  const record = await parts.record();
  const who = describeTarget(parts.target);
  if (record?.status === "forgotten") throw new HighLevelError("not_installed", `${who} was forgotten.`);
  const { tokens } = record ?? {};
  const rejected = await rejectedOf(parts, refused);
  if (!tokens || tokens.expiresAt.getTime() <= Date.now() || tokens.accessToken === rejected) {
    const message = `${who} has no living token, and gets none while this worker is read-only (READ_ONLY).`;
    throw new HighLevelError("store_failed", message, {
      reason: "read_only",
      retryAfterMs: READ_ONLY_RETRY_MS,
    });
  }
  return handedToken(tokens, record, Date.now());
}

/** `tokens` as they are handed out at `now`, ms, where `record` is what is held. */
export function handedToken(
  { accessToken, tokenType, expiresAt, scope }: TokenSet,
  record: ConnectionRecord | undefined,
  now: number,
): HandedToken {
  return {
    accessToken,
    tokenType,
    expiresAt: expiresAt.getTime(),
    scope,
    isYoung: isYoung(record ?? {}, now),
  };
}

/** How long `rejected` is not replaced again, ms. */
function pauseOf({ values }: ObjectParts, rejected: string | undefined, last: LastHealing): number {
  if (rejected === undefined || rejected === last.underWay) return 0;
  return Math.max(0, Math.max(last.at, values.number("healedAt")) + HEALING_PAUSE_MS - Date.now());
}

function began({ values }: ObjectParts, rejected: string, last: LastHealing): void {
  if (rejected === last.underWay) return;
  last.at = Date.now();
  last.underWay = rejected;
  try {
    values.set("healedAt", last.at);
  } catch {
    // SQLite takes no writes: this instance remembers.
  }
}

/** The stored access token, if it is the one that was refused: only that one is replaced. */
async function rejectedOf(
  parts: ObjectParts,
  { rejected, rejectedHash }: RefusedToken,
): Promise<string | undefined> {
  if (rejected !== undefined || rejectedHash === undefined) return rejected;
  const held = (await parts.record())?.tokens?.accessToken;
  return held !== undefined && await sha256Hex(held) === rejectedHash ? held : undefined;
}
