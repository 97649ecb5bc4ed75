import { HighLevelError } from "./highlevel_error.ts";
import { backoffMs, LONGEST_WAIT_MS, sleep } from "./retry.ts";

/**
 * When a refresh whose answer was lost is sent again, ms after the first time. Within 30 s HighLevel answers the same client
 * id, secret and refresh token with the same new refresh token.
 * Source: HighLevel's changelog, "Smarter Refresh Token Handling for Distributed Systems".
 */
export const REFRESH_REPEATS_MS: readonly number[] = [1_000, 4_000, 10_000, 20_000];

/** A refresh without an answer for this long is sent once more while it still counts as the same, ms. */
const LATE_MS = 20_000;
/** A repeat that should have been sent this long ago gives way to the next one, ms. */
const OVERDUE_MS = 2_000;

/** What a spending call needs. */
export interface Spending<T> {
  /** Sends the very same request, until `stop` is aborted. */
  readonly send: (stop: AbortSignal) => Promise<T>;
  /** When to send it again where its answer is lost, ms after the first time. By default once, soon. */
  readonly repeatsMs?: readonly number[] | undefined;
  /** Longest wait for an answer, ms. */
  readonly timeoutMs: number;
  /** The clock, ms. */
  readonly now: () => number;
  /** Waits before a repeat, ms. */
  readonly pause: (ms: number, signal: AbortSignal) => Promise<void>;
}

/**
 * Sends a request that spends a code or a refresh token. Where its answer is lost or late it may have been carried out: the
 * very same request is sent again, and the earlier ones are still listened to. Whichever answer grants is taken; a refusal
 * counts once nothing else is under way.
 *
 * @throws the refusal, of which `reason` tells where an answer was lost before it; else the error of the last lost answer.
 */
export async function spend<T>({ send, repeatsMs, timeoutMs, now, pause }: Spending<T>): Promise<T> {
  const startedAt = now();
  const over = new AbortController();
  const granted = Promise.withResolvers<T>();
  const failures: Promise<void>[] = [];
  let lost = new HighLevelError("timeout", `No answer within ${timeoutMs} ms.`);
  let isAnyLost = false;
  let refusal: { readonly error: unknown } | undefined;

  /** Sends the request; settles when it has failed. */
  const start = async (): Promise<void> => {
    const failure = send(over.signal).then(
      (result) => new Promise<void>(() => granted.resolve(result)),
      (error: unknown) => {
        if (!isLost(error)) refusal = { error };
        else {
          lost = error;
          isAnyLost = true;
        }
      },
    );
    failures.push(failure);
    await Promise.race([failure, sleep(lateMs, over.signal)]);
  };

  const lateMs = repeatsMs ? Math.min(LATE_MS, timeoutMs) : timeoutMs;
  const times = repeatsMs?.map((ms) => ms * (0.95 + Math.random() / 10)) ?? [backoffMs(1)];
  const sendAll = async (): Promise<never> => {
    await start();
    for (const [index, at] of times.entries()) {
      if (refusal) break;
      const waitMs = startedAt + at - now();
      if (waitMs < -OVERDUE_MS && index < times.length - 1) continue;
      const askedMs = lost.retryAfterMs === undefined ? 0 : lost.retryAfterMs + backoffMs(1);
      await pause(Math.max(0, waitMs, askedMs), over.signal);
      await start();
    }
    await Promise.race([Promise.all(failures), sleep(timeoutMs - lateMs, over.signal)]);
    if (!refusal) throw lost;
    throw isAnyLost ? afterLostAnswer(refusal.error) : refusal.error;
  };
  try {
    return await Promise.race([granted.promise, sendAll()]);
  } finally {
    over.abort();
  }
}

/** The refusal `error`, saying that an answer was lost before it: what is refused now may have been granted then. */
function afterLostAnswer(error: unknown): unknown {
  if (!(error instanceof HighLevelError)) return error;
  const { code, message, status, traceId, target, reason = "answer_lost" } = error;
  return new HighLevelError(code, message, { status, traceId, target, reason });
}

/** Whether the answer was lost: the request may have been carried out. A 4xx was answered, if only with a page. */
function isLost(error: unknown): error is HighLevelError {
  if (!(error instanceof HighLevelError)) return false;
  const { retryable, status = 0, retryAfterMs = 0 } = error;
  return retryable && !(status >= 400 && status < 500) && retryAfterMs <= LONGEST_WAIT_MS;
}
