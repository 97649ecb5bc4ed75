import { defined } from "../oauth/defined.ts";
import { HighLevelError, type HighLevelErrorCode } from "../oauth/highlevel_error.ts";
import { backoffMs } from "../oauth/request/retry.ts";
import { resultOrError } from "../oauth/result_or_error.ts";
import { describeTarget } from "../oauth/target.ts";
import { type Grant, type Outcome, outcomeOf } from "./outcome.ts";
import { isOpen, nextAction, type StepName, STEPS } from "./policy.ts";
import type { ConnectionRecord, UsableRecord } from "./record.ts";
import type { RecoveryAttempt } from "./recovery.ts";
import { agency } from "./steps/agency.ts";
import { reconnect } from "./steps/reconnect.ts";
import { refresh } from "./steps/refresh.ts";
import type { StepContext } from "./steps/step.ts";

/** What the ladder may use besides what its steps do. */
export interface LadderContext extends StepContext {
  /** Reads the store again; tells the record only if its tokens are others than those of `failed`. */
  readonly reread: (failed: ConnectionRecord | undefined) => Promise<ConnectionRecord | undefined>;
  /** Whether the access token of `record` can be handed out. */
  readonly isUsable: (record: ConnectionRecord | undefined) => record is UsableRecord;
}

/** How the ladder ended. */
export type LadderEnd =
  & {
    readonly attempts: readonly RecoveryAttempt[];
    /** What is known of the connection now, also whether its refresh token is dead. */
    readonly record: ConnectionRecord | undefined;
  }
  & (
    | { readonly end: "granted"; readonly by: StepName; readonly grant: Grant }
    | { readonly end: "found"; readonly usable: UsableRecord }
    | { readonly end: "paused" | "failed"; readonly error: HighLevelError }
    /** Every step was refused. `doubt` is a refusal that decides nothing: in words that we do not know. */
    | {
      readonly end: "refused";
      readonly doubt: HighLevelErrorCode | undefined;
      readonly error: HighLevelError;
    }
  );

/** Tries the ladder once: step by step, as {@linkcode nextAction} says. Sends requests, stores nothing. */
export async function runLadder(context: LadderContext): Promise<LadderEnd> {
  const { target, endpoint, requests: { now, sleep }, forced, asksAgain } = context;
  const steps = { refresh, reconnect, agency };
  const attempts: RecoveryAttempt[] = [];
  let { record } = context;
  let last: HighLevelError | undefined;
  let doubt: HighLevelError | undefined;
  const reason = (): HighLevelError => {
    const message = `${describeTarget(target)}: no refresh token, no agency, no Reconnect endpoint.`;
    return last ?? new HighLevelError("reauthorization_required", message, { target });
  };
  const ended = <T>(how: T) => ({ ...how, attempts, record });

  for (const name of STEPS) {
    for (let waits = 0, rotations = 0, again = true; again;) {
      again = false;
      const endpointRemoved = name === "reconnect" && await endpoint.removed(asksAgain);
      if (!isOpen(name, { record, endpointRemoved, forced })) break;
      const startedAt = now();
      const result = await resultOrError(steps[name]({ ...context, record }));
      const isGrant = !(result instanceof HighLevelError);
      if (!isGrant) last = result;
      const { code, message, status, traceId } = isGrant ? { traceId: result.traceId } : result;
      attempts.push(defined({ by: name, code, message, status, traceId, ms: now() - startedAt }));
      const outcome: Outcome = isGrant ? { kind: "granted", grant: result } : outcomeOf(result);
      if (outcome.kind === "unknown" || name === "refresh" && outcome.kind === "refused") {
        doubt ??= outcome.error;
      }
      const action = nextAction(name, outcome, waits);
      switch (action.do) {
        case "use":
          return ended({ end: "granted", by: name, grant: action.grant });
        case "stop":
          return ended({ end: action.as, error: reason() });
        case "wait":
          waits++;
          again = true;
          await sleep(action.ms + backoffMs(waits)); // many that were told the same shall not come back together
          break;
        case "reread": {
          const found = await resultOrError(context.reread(record));
          if (found instanceof HighLevelError) return ended({ end: "failed", error: found });
          if (context.isUsable(found)) {
            attempts.push({ by: "store", ms: 0 });
            return ended({ end: "found", usable: found });
          }
          const latest = found ?? record;
          const isRotated = latest?.tokens?.refreshToken !== record?.tokens?.refreshToken;
          record = latest && !isRotated ? { ...latest, refreshTokenDead: true } : latest;
          // Somebody rotated the token meanwhile: theirs is worth one try.
          again = isRotated && rotations++ === 0;
          break;
        }
        case "next":
          break;
      }
    }
  }
  // A refresh token that came meanwhile, and that nobody has called dead, is worth another attempt.
  const isHeld = record?.tokens?.refreshToken !== undefined && !record.refreshTokenDead;
  const code = doubt?.code ?? (isHeld ? "invalid_grant" : undefined);
  return ended({ end: "refused", doubt: code, error: doubt ?? reason() });
}
