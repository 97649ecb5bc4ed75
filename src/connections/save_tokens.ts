import { check, checkBearer, checkText } from "../oauth/check.ts";
import { HighLevelError } from "../oauth/highlevel_error.ts";
import { isOwner } from "../oauth/owner.ts";
import { resultOrError } from "../oauth/result_or_error.ts";
import { checkId, type ConnectionTarget, describeTarget } from "../oauth/target.ts";
import type { TokenSet } from "../oauth/token_set.ts";
import type { SaveDetails } from "./options.ts";
import type { Parts } from "./parts.ts";
import { unlessForgotten } from "./record.ts";
import { connectedRecord, detailsOf } from "./transitions.ts";

/** Puts tokens got elsewhere under management; see `Connections.save`. */
export async function saveTokens(
  { keyOf, runAlone, records, failures, nextUpdatedAt, emit }: Parts,
  given: ConnectionTarget,
  tokens: TokenSet,
  { gotAt, ...details }: SaveDetails,
): Promise<void> {
  const { key, target } = keyOf(given);
  checkTokens(tokens, target);
  const told = detailsOf(target, details);
  check(!gotAt || isDate(gotAt), "gotAt must be a valid Date");
  await runAlone(key, async (fence) => {
    const read = await resultOrError(records.read(key));
    const isUnread = read instanceof HighLevelError;
    // One that cannot be read, as under a lost sealing key, is no reason to refuse new tokens; older ones it may have to.
    if (isUnread && gotAt && read.reason !== "unreadable") throw read;
    const before = isUnread ? undefined : read;
    if (gotAt && before?.status === "forgotten" && before.updatedAt >= gotAt.getTime()) return;
    const at = nextUpdatedAt(before);
    const record = { ...connectedRecord(target, { tokens, ...told }, before, at), ...told, savedAt: at };
    if (isUnread) await records.replace(key, record, fence);
    else if (await records.writeThrough(key, record, before, fence)) return; // forgotten, or authorised, meanwhile
    failures.clear(key);
    if (!unlessForgotten(before)) emit({ type: "installed", target });
  });
}

function isDate(value: unknown): boolean {
  return value instanceof Date && !isNaN(value.getTime());
}

function checkTokens(tokens: TokenSet, target: ConnectionTarget): void {
  checkBearer("tokens.accessToken", tokens?.accessToken);
  const { expiresAt, refreshToken, companyId } = tokens;
  check(isDate(expiresAt), "tokens.expiresAt must be a valid Date");
  if (refreshToken !== undefined) checkText("tokens.refreshToken", refreshToken);
  if (companyId !== undefined) checkId("tokens.companyId", companyId);
  check(isOwner(tokens, target), `tokens belong to another connection than ${describeTarget(target)}`);
}
