import { authorizationUrl } from "../oauth/authorization_url.ts";
import { defined } from "../oauth/defined.ts";
import { HighLevelError } from "../oauth/highlevel_error.ts";
import { describeTarget } from "../oauth/target.ts";
import type { Attempt, AttemptHost, AttemptRequest } from "./attempt_host.ts";
import type { ConnectionKey } from "./connection_key.ts";
import type { Emit } from "./events.ts";
import { type LadderEnd, runLadder } from "./ladder.ts";
import { endOfRefusals } from "./policy.ts";
import { type ConnectionRecord, unlessForgotten, type UsableRecord } from "./record.ts";
import { type RecordStore, unwritten } from "./record_store.ts";
import type { Recovery } from "./recovery.ts";
import { connectedRecord, failedRecord, failureOf, withDetails } from "./transitions.ts";

/** One attempt to get a usable token: alone among all work on this connection, in this process and in all others. */
export async function attempt(
  host: AttemptHost,
  key: ConnectionKey,
  request: AttemptRequest,
): Promise<Attempt> {
  const { records, requests, endpoint, emit, nextUpdatedAt } = host;
  const { target } = key;
  return await host.runAlone(key.key, async (fence) => {
    const startedAt = requests.now();

    // What is in memory only goes first: it may be newer than all that stands in the store.
    await records.flush(key.key, fence);
    const stored = await readFor(request, records, key.key);

    // Forgetting wins, unless this request was made after it.
    const isForgotten = stored?.status === "forgotten" && stored.updatedAt !== request.before?.updatedAt;
    if (isForgotten || request.isForgottenSince?.()) throw forgotten(key);
    const record = withDetails(target, unlessForgotten(stored), request.details ?? {});

    // Somebody else may have done it while we waited for our turn.
    const isNew = !request.forced || stored?.updatedAt !== request.before?.updatedAt;
    if (isNew && host.isUsable(key, record, request)) return found(key, record, []);

    // The ladder sends requests, and writes nothing but that a refresh token is about to be spent.
    let noted = stored;
    const ended = await runLadder({
      app: host.app,
      target,
      record,
      requests,
      endpoint,
      forced: request.forced === true ||
        request.aheadMs !== undefined && record?.status === "reauthorization_required",
      asksAgain: request.forced === true && !request.isBulk,
      tellEndpoint: (isBack, error) =>
        emit({ type: isBack ? "endpoint_back" : "endpoint_removed", target, error }),
      mint: host.mint,
      noteSpending: async (held) => {
        if (!host.keepsNotes) return;
        const at = nextUpdatedAt(noted);
        const note = { ...held, spendingSince: at, updatedAt: at };
        if (await records.writeThrough(key.key, note, noted, fence)) throw unwritten("another stands there");
        noted = note;
      },
      reread: async (failed) => {
        const current = unlessForgotten(await records.read(key.key));
        const isSame = current?.tokens?.accessToken === failed?.tokens?.accessToken &&
          current?.tokens?.refreshToken === failed?.tokens?.refreshToken;
        return isSame ? undefined : current;
      },
      isUsable: (record) => host.isUsable(key, record, request),
    });

    // What was got is stored before it is used; what was not is told.
    if (ended.end === "found") return found(key, ended.usable, ended.attempts);
    const before = latestOf(noted, ended.record);
    return ended.end === "granted"
      ? await keepGrant(host, key, request, { ...ended, startedAt, before, was: stored, fence })
      : await keepFailure(host, key, request, { ...ended, startedAt, before, was: record, fence });
  });
}

/** What the end of an attempt is stored with. */
interface Ending {
  readonly startedAt: number;
  /** The latest record that is known to stand in the store. */
  readonly before: ConnectionRecord | undefined;
  /** The record that the attempt began with. */
  readonly was: ConnectionRecord | undefined;
  readonly fence: number | undefined;
}

async function keepGrant(
  { records, requests, emit, failures, nextUpdatedAt }: AttemptHost,
  key: ConnectionKey,
  { forced }: AttemptRequest,
  { by, grant, attempts, record, startedAt, before, was, fence }:
    & Extract<LadderEnd, { end: "granted" }>
    & Ending,
): Promise<Attempt> {
  const { target } = key;
  const usable = connectedRecord(target, grant, record, nextUpdatedAt(before));
  emitOdd(emit, key, grant.odd);
  const { by: other, trouble: error } = await records.write(key.key, usable, before, fence);
  if (other?.status === "forgotten") throw forgotten(key);
  failures.clear(key.key);

  const status = unlessForgotten(was)?.status;
  const isRotation = by === "refresh" && status === "connected" && !forced;
  const type = status === "paused" ? "resumed" : isRotation ? "refreshed" : "recovered";
  const traceId = lastTraceId(attempts);
  emit({ type, target, by, ms: requests.now() - startedAt, traceId, attempts });
  return { recovery: defined({ target, outcome: "recovered", by, attempts, traceId, error }), usable };
}

async function keepFailure(
  host: AttemptHost,
  key: ConnectionKey,
  request: AttemptRequest,
  { attempts, record: held, error, startedAt, before, was, fence, ...ended }:
    & Exclude<LadderEnd, { end: "granted" | "found" }>
    & Ending,
): Promise<Attempt> {
  const { requests, emit, failures, nextUpdatedAt } = host;
  const { target } = key;
  const traceId = lastTraceId(attempts);
  const at = requests.now();
  const last = failures.of(key.key, held);
  const doubt = ended.end === "refused" ? ended.doubt : undefined;
  const refusal = failureOf("reauthorization_required", error, traceId, doubt, last, at);
  const outcome = ended.end === "refused" ? endOfRefusals(refusal) : ended.end;
  const failure = { ...refusal, outcome };
  failures.note(key.key, failure, held);

  const hasDied = held?.refreshTokenDead === true && !was?.refreshTokenDead;
  const status = outcome !== "failed" ? outcome : hasDied ? "broken" : held?.status ?? "broken";
  // What was never held, and nobody vouches for, leaves nothing behind: it may be an id that somebody mistyped. HighLevel vouches
  // for a paused location; and what an outage kept from being recovered by request is tried again.
  const isVouched = outcome === "paused" || outcome === "failed" && request.forced ||
    Object.keys(request.details ?? {}).length > 0;
  if (before !== undefined || isVouched) {
    const next = failedRecord(target, held, status, failure, nextUpdatedAt(before));
    const other = await host.giveUp(key, next, before, fence);
    if (other?.status === "forgotten") throw forgotten(key);
    if (host.isUsable(key, other, request)) return found(key, other, attempts);
  }
  emit({
    type: outcome === "failed" ? "recovery_failed" : outcome,
    target,
    ms: requests.now() - startedAt,
    error,
    traceId,
    attempts,
  });
  if (outcome === "failed" && isLost(was, status, at)) emit({ type: "lost", target, error, traceId });
  const link = outcome === "reauthorization_required" ? linkFor(host, held) : undefined;
  return { recovery: defined({ target, outcome, attempts, error, traceId, authorizationUrl: link }), held };
}

/** Reads the record. One that cannot be read stops no recovery by request: it may be under a sealing key that was lost. */
async function readFor(
  { forced }: AttemptRequest,
  records: RecordStore,
  key: string,
): Promise<ConnectionRecord | undefined> {
  try {
    return await records.read(key);
  } catch (error) {
    if (forced && error instanceof HighLevelError && error.reason === "unreadable") return undefined;
    throw error;
  }
}

/** Tells what was odd about an answer, if anything was. */
export function emitOdd(emit: Emit, { target }: ConnectionKey, odd: string | undefined): void {
  if (odd === undefined) return;
  const message = `${describeTarget(target)}: HighLevel's answer was odd: ${odd}. The tokens are kept.`;
  emit({ type: "odd_answer", target, error: new HighLevelError("malformed_response", message, { target }) });
}

/** Where a person authorises the app again; known where the scope and a redirect URI are. */
export function linkFor(
  { app, scope }: Pick<AttemptHost, "app" | "scope">,
  { versionId, isWhiteLabel }: Partial<ConnectionRecord> = {},
): string | undefined {
  if (!scope?.length || !app.redirectUri) return undefined;
  return authorizationUrl(app, defined({ scope, versionId, whiteLabel: isWhiteLabel })).href;
}

/** Whether a connection that worked when the attempt began does not any more at `at`: by its status, or since its token has ended. */
function isLost(was: ConnectionRecord | undefined, status: ConnectionRecord["status"], at: number): boolean {
  if (was?.status !== "connected") return false;
  const expiresAt = was.tokens?.expiresAt.getTime() ?? 0;
  return status === "broken" || expiresAt <= at && (was.failure?.at ?? 0) < expiresAt;
}

function found({ target }: ConnectionKey, usable: UsableRecord, attempts: Recovery["attempts"]): Attempt {
  return { recovery: { target, outcome: "recovered", by: "store", attempts }, usable };
}

/** The error that a forgotten connection ends an attempt with. */
export function forgotten({ target }: Pick<ConnectionKey, "target">): HighLevelError {
  const message = `${describeTarget(target)} was forgotten. Save or recover it to begin again.`;
  return new HighLevelError("not_installed", message, { target });
}

/** What the store held when the attempt last looked: a tombstone is no `held`, but known. */
function latestOf(
  stored: ConnectionRecord | undefined,
  held: ConnectionRecord | undefined,
): ConnectionRecord | undefined {
  return stored && stored.updatedAt >= (held?.updatedAt ?? 0) ? stored : held;
}

function lastTraceId(attempts: Recovery["attempts"]): string | undefined {
  return attempts.findLast((attempt) => attempt.traceId)?.traceId;
}
