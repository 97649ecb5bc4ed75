import { HighLevelError } from "../oauth/highlevel_error.ts";
import { describeTarget } from "../oauth/target.ts";
import type { ConnectionRecord, LivingRecord } from "./connection_record.ts";
import { type Grant, type Outcome, outcomeOf } from "./outcome.ts";
import { isOpen, nextStep, type RungName } from "./policy.ts";
import type { RecoveryAttempt } from "./recovery.ts";
import { agency } from "./rungs/agency.ts";
import { reconnect } from "./rungs/reconnect.ts";
import { refresh } from "./rungs/refresh.ts";
import type { RungContext } from "./rungs/rung.ts";

const RUNGS: readonly (readonly [RungName, (context: RungContext) => Promise<Grant>])[] = [
  ["refresh", refresh],
  ["reconnect", reconnect],
  ["agency", agency],
];

/** What a climb may use besides what its rungs do. */
export interface Ladder extends Omit<RungContext, "record"> {
  /** What is known before the climb. */
  readonly record: ConnectionRecord | undefined;
  /** Reads the store again; tells the record only if its tokens are others than those of `failed`. */
  readonly reread: (failed: ConnectionRecord | undefined) => Promise<NewerRecord | undefined>;
  /** The clock, ms. */
  readonly now: () => number;
}

/** What the store held when it was read again, and whether its access token can be handed out. */
export type NewerRecord =
  | { readonly isLiving: true; readonly record: LivingRecord }
  | { readonly isLiving: false; readonly record: ConnectionRecord };

/** How a climb ended. */
export type Climb =
  & { readonly attempts: readonly RecoveryAttempt[] }
  & (
    | {
      readonly end: "granted";
      readonly by: RungName;
      readonly grant: Grant;
      readonly record: ConnectionRecord | undefined;
    }
    | { readonly end: "found"; readonly record: LivingRecord }
    | {
      readonly end: "paused" | "failed" | "reauthorization_required";
      readonly error: HighLevelError;
      readonly record: ConnectionRecord | undefined;
      /** HighLevel called the refresh token held dead. */
      readonly refreshTokenDied: boolean;
    }
  );

/** Climbs the ladder once: rung by rung, as {@linkcode nextStep} says. Sends requests, stores nothing. */
export async function climb(ladder: Ladder): Promise<Climb> {
  const { now } = ladder;
  const attempts: RecoveryAttempt[] = [];
  let { record } = ladder;
  let refreshTokenDied = false;
  let last: HighLevelError | undefined;

  for (const [name, rung] of RUNGS) {
    if (!isOpen(name, { record, endpointRemoved: name === "reconnect" && await ladder.endpoint.removed() })) {
      continue;
    }
    for (let waits = 0, rotations = 0, again = true; again;) {
      again = false;
      const startedAt = now();
      const outcome = await outcomeFrom(rung({ ...ladder, record }));
      attempts.push(attemptOf(name, outcome, now() - startedAt));
      if (outcome.kind !== "granted") last = outcome.error;
      const step = nextStep(name, outcome, waits);
      switch (step.do) {
        case "use":
          return { end: "granted", by: name, grant: step.grant, record, attempts };
        case "stop":
          return { end: step.as, error: last ?? nothingLeft(ladder), record, refreshTokenDied, attempts };
        case "wait":
          waits++;
          again = true;
          await ladder.sleep(step.ms);
          break;
        case "reread": {
          const found = await rereadFrom(ladder.reread(record));
          if (found instanceof HighLevelError) {
            return { end: "failed", error: found, record, refreshTokenDied, attempts };
          }
          if (found?.isLiving) {
            attempts.push({ by: "store", ms: 0 });
            return { end: "found", record: found.record, attempts };
          }
          const isRotated = found !== undefined && refreshTokenOf(found.record) !== refreshTokenOf(record);
          refreshTokenDied = !isRotated;
          if (found) record = found.record;
          // Somebody rotated the token meanwhile: theirs is worth one try.
          again = isRotated && rotations++ === 0 && isOpen(name, { record, endpointRemoved: false });
          break;
        }
        case "climb":
          break;
      }
    }
  }
  return {
    end: "reauthorization_required",
    error: last ?? nothingLeft(ladder),
    record,
    refreshTokenDied,
    attempts,
  };
}

async function outcomeFrom(work: Promise<Grant>): Promise<Outcome> {
  try {
    return { kind: "granted", grant: await work };
  } catch (error) {
    if (error instanceof HighLevelError) return outcomeOf(error);
    throw error;
  }
}

/** What was found, or why the store could not be read. */
async function rereadFrom(
  reading: Promise<NewerRecord | undefined>,
): Promise<NewerRecord | HighLevelError | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof HighLevelError) return error;
    throw error;
  }
}

function refreshTokenOf(record: ConnectionRecord | undefined): string | undefined {
  return record?.tokens?.refreshToken;
}

function attemptOf(by: RungName, outcome: Outcome, ms: number): RecoveryAttempt {
  if (outcome.kind === "granted") {
    const { traceId } = outcome.grant;
    return { by, ms, ...(traceId !== undefined && { traceId }) };
  }
  const { code, status, traceId } = outcome.error;
  return { by, code, ms, ...(status !== undefined && { status }), ...(traceId !== undefined && { traceId }) };
}

function nothingLeft({ target }: Ladder): HighLevelError {
  return new HighLevelError(
    "reauthorization_required",
    `${describeTarget(target)}: no refresh token, no agency, and the Reconnect endpoint is gone.`,
    { target },
  );
}
