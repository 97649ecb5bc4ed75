import type { ConnectionTarget } from "../oauth/target.ts";
import { HighLevelError } from "../oauth/highlevel_error.ts";
import { resultOrError } from "../oauth/result_or_error.ts";
import { checkConnection } from "./check.ts";
import type { ConnectionDetails } from "./options.ts";
import type { Parts } from "./parts.ts";
import { recoverAll } from "./recover_all.ts";
import type { Recovery } from "./recovery.ts";
import { detailsOf } from "./transitions.ts";

/** Brings a connection back by request; see `Connections.recover`. The moment of the call counts, not that of its first read. */
export async function recover(
  { keyOf, records, source, forgettings, emit }: Parts,
  given: ConnectionTarget,
  { details = {}, isBulk = false, signal }: {
    readonly details?: ConnectionDetails;
    readonly isBulk?: boolean;
    readonly signal?: AbortSignal;
  },
): Promise<Recovery> {
  const key = keyOf(given);
  const { target } = key;
  const told = detailsOf(target, details); // checked here: others may join the attempt
  const began = forgettings.began();
  const before = await resultOrError(records.read(key.key));
  if (before instanceof HighLevelError && before.reason !== "unreadable") {
    emit({ type: "recovery_failed", target, error: before });
    return { target, outcome: "failed", attempts: [], error: before };
  }
  return await source.attempt(key, {
    ...(signal && { signal }),
    details: told,
    forced: true,
    isBulk,
    before: before instanceof HighLevelError ? undefined : before,
    isForgottenSince: () => forgettings.isForgottenSince(key.key, began),
  });
}

/** Options of `Connections.recoverAll`. */
export interface RecoverAllOptions {
  /**
   * Connections at once.
   * @default {32}
   */
  readonly concurrency?: number;
  /** What holds for all of them: the agency they are locations of. */
  readonly details?: ConnectionDetails;
  /** Leave those alone whose token works, at the price of one call each. */
  readonly skipLiving?: boolean;
  /** Ends the run: what is under way ends, and is yielded. */
  readonly signal?: AbortSignal;
}

/** Recovers many connections; see `Connections.recoverAll`. */
export function recoverMany(
  parts: Parts,
  targets: Iterable<ConnectionTarget> | AsyncIterable<ConnectionTarget>,
  { details = {}, skipLiving = false, ...options }: RecoverAllOptions,
): AsyncGenerator<Recovery, void, undefined> {
  const recoverOne = async (target: ConnectionTarget): Promise<Recovery> => {
    if (skipLiving && await checkConnection(parts, target) === "living") {
      return { target, outcome: "recovered", by: "store", attempts: [] };
    }
    return await recover(parts, target, { details, isBulk: true });
  };
  return recoverAll(recoverOne, targets, { ...options, sleep: parts.requests.sleep });
}
