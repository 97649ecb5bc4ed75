import { defined } from "../oauth/defined.ts";
import { HighLevelError, type HighLevelErrorCode } from "../oauth/highlevel_error.ts";
import { resultOrError } from "../oauth/result_or_error.ts";
import { describeTarget } from "../oauth/target.ts";
import type { ConnectionRecord, LivingRecord } from "./record.ts";
import { type Grant, type Outcome, outcomeOf } from "./outcome.ts";
import { isOpen, nextStep, type RungName, RUNGS } from "./policy.ts";
import type { RecoveryAttempt } from "./recovery.ts";
import { agency } from "./steps/agency.ts";
import { reconnect } from "./steps/reconnect.ts";
import { refresh } from "./steps/refresh.ts";
import type { RungContext } from "./steps/step.ts";

/** What a climb may use besides what its rungs do. */
export interface Ladder extends RungContext {
  /** Reads the store again; tells the record only if its tokens are others than those of `failed`. */
  readonly reread: (failed: ConnectionRecord | undefined) => Promise<ConnectionRecord | undefined>;
  /** Whether the access token of `record` can be handed out. */
  readonly isLiving: (record: ConnectionRecord | undefined) => record is LivingRecord;
}

/** How a climb ended. */
export type Climb =
  & {
    readonly attempts: readonly RecoveryAttempt[];
    /** What the climb knows of the connection, also whether its refresh token is dead. */
    readonly record: ConnectionRecord | undefined;
  }
  & (
    | { readonly end: "granted"; readonly by: RungName; readonly grant: Grant }
    | { readonly end: "found"; readonly living: LivingRecord }
    | { readonly end: "paused" | "failed" | "reauthorization_required"; readonly error: HighLevelError }
  );

/** Climbs the ladder once: rung by rung, as {@linkcode nextStep} says. Sends requests, stores nothing. */
export async function climb(ladder: Ladder): Promise<Climb> {
  const { target, endpoint, requests: { now, sleep } } = ladder;
  const rungs = { refresh, reconnect, agency };
  const attempts: RecoveryAttempt[] = [];
  let { record } = ladder;
  let last: HighLevelError | undefined;
  const reason = (): HighLevelError => {
    const message = `${describeTarget(target)}: no refresh token, no agency, no Reconnect endpoint.`;
    return last ?? new HighLevelError("reauthorization_required", message, { target });
  };
  const ended = <T>(how: T) => ({ ...how, attempts, record });

  for (const name of RUNGS) {
    for (let waits = 0, rotations = 0, again = true; again;) {
      again = false;
      const endpointRemoved = name === "reconnect" && await endpoint.removed(ladder.asksAgain);
      if (!isOpen(name, { record, endpointRemoved })) break;
      const startedAt = now();
      const result = await resultOrError(rungs[name]({ ...ladder, record }));
      const told: { code?: HighLevelErrorCode; status?: number; traceId?: string } = result;
      const { code, status, traceId } = told;
      attempts.push(defined({ by: name, code, status, traceId, ms: now() - startedAt }));
      if (result instanceof HighLevelError) last = result;
      const outcome: Outcome = result instanceof HighLevelError
        ? outcomeOf(result)
        : { kind: "granted", grant: result };
      const step = nextStep(name, outcome, waits);
      switch (step.do) {
        case "use":
          return ended({ end: "granted", by: name, grant: step.grant });
        case "stop":
          return ended({ end: step.as, error: reason() });
        case "wait":
          waits++;
          again = true;
          await sleep(step.ms);
          break;
        case "reread": {
          const found = await resultOrError(ladder.reread(record));
          if (found instanceof HighLevelError) return ended({ end: "failed", error: found });
          if (ladder.isLiving(found)) {
            attempts.push({ by: "store", ms: 0 });
            return ended({ end: "found", living: found });
          }
          const latest = found ?? record;
          const isRotated = latest?.tokens?.refreshToken !== record?.tokens?.refreshToken;
          record = latest && !isRotated ? { ...latest, refreshTokenDead: true } : latest;
          // Somebody rotated the token meanwhile: theirs is worth one try.
          again = isRotated && rotations++ === 0;
          break;
        }
        case "climb":
          break;
      }
    }
  }
  // A refresh token that nobody called dead is no reason to trouble a person: it is tried again later.
  const isHeld = record?.tokens?.refreshToken !== undefined && !record.refreshTokenDead;
  return ended({ end: isHeld ? "failed" : "reauthorization_required", error: reason() });
}
