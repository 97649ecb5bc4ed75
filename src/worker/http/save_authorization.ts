import type { Authorization } from "../../connections/host.ts";
import { isCoded, retrying, sleep } from "../../oauth/host.ts";
import type { ConnectionTarget, HighLevelError } from "../../oauth/mod.ts";
import type { RequestScope } from "./route.ts";
import type { Result } from "../durable/plain_result.ts";

/** An object that was reset, or has too much to do, is called again after each of these pauses, ms. */
const PAUSES_MS = [0, 1_000, 4_000];

/**
 * Stores what a code gave. An agency's object then starts a bulk recovery of the locations that lack tokens by itself; `isBulk`
 * where it installed the app for many of them; `isSuspended` where the connection is, and stays so. `actor`: who did it, where that is known.
 */
export async function saveAuthorization(
  scope: Pick<RequestScope, "connection">,
  { target, tokens, clientId }: Authorization,
  actor?: string,
): Promise<Result<{ readonly isBulk: boolean; readonly isSuspended: boolean }>> {
  const save = () => scope.connection(target).save(tokens, { clientId }, "authorised", actor);
  // These tokens exist nowhere else.
  const saved = await retrying(save, (_, attempt) => PAUSES_MS[attempt - 1], sleep);
  if (!saved.ok) return saved;
  const { approvedLocations = [], isBulkInstallation = false, approveAllLocations = false } = tokens;
  const isBulk = target.companyId !== undefined &&
    (isBulkInstallation || approveAllLocations || approvedLocations.length > 0);
  return { ok: true, isBulk, isSuspended: saved.isSuspended ?? false };
}

/**
 * Where the exchange may have been carried out and its answer lost, the app is installed, and nobody has its tokens: then the
 * ladder gets them for `expected`, where it is known who that is.
 */
export function makeGood(
  { connection, waitUntil }: Pick<RequestScope, "connection" | "waitUntil">,
  error: HighLevelError,
  expected: ConnectionTarget | undefined,
): void {
  const isLost = error.reason === "answer_lost" || error.retryable && !isCoded(error, "rate_limited");
  if (isLost && expected) waitUntil(connection(expected).answerLost());
}
