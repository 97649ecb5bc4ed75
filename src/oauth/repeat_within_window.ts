import type { Repeat } from "./request.ts";
import { backoffMs, isLost, sleep } from "./retry.ts";

/**
 * When a refresh whose answer was lost is sent again, ms after the first time. Within 30 s HighLevel answers the same client
 * id, secret and refresh token with the same new refresh token.
 * Source: HighLevel's changelog, "Smarter Refresh Token Handling for Distributed Systems".
 */
const REPEATS_MS: readonly number[] = [1_000, 4_000, 10_000, 20_000];

/** A refresh without an answer for this long is sent once more while it still counts as the same, ms. */
const LATE_MS = 20_000;
/** A repeat that should have been sent this long ago gives way to the next one, ms. */
const OVERDUE_MS = 2_000;

/**
 * Sends a refresh. Where its answer is lost or late it may have been carried out: the very same request is sent again, and the
 * earlier ones are still listened to. Whichever answer grants is taken; a refusal counts once nothing else is under way.
 *
 * @throws the refusal, else the error of the last lost answer.
 */
export const repeatWithinWindow: Repeat = async <T>(
  send: (stop: AbortSignal) => Promise<T>,
  { timeoutMs, tooLate, now, pause }: Parameters<Repeat>[1],
): Promise<T> => {
  const startedAt = now();
  const over = new AbortController();
  const granted = Promise.withResolvers<T>();
  const failures: Promise<void>[] = [];
  let lost = tooLate;
  let refusal: { readonly error: unknown } | undefined;

  /** Sends the request; settles when it has failed. */
  const start = async (): Promise<void> => {
    const failure = send(over.signal).then(
      (result) => new Promise<void>(() => granted.resolve(result)),
      (error: unknown) => {
        if (isLost(error)) lost = error;
        else refusal = { error };
      },
    );
    failures.push(failure);
    await Promise.race([failure, sleep(lateMs, over.signal)]);
  };

  const lateMs = Math.min(LATE_MS, timeoutMs);
  const times = REPEATS_MS.map((ms) => ms * (0.95 + Math.random() / 10));
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
    throw refusal ? refusal.error : lost;
  };
  try {
    return await Promise.race([granted.promise, sendAll()]);
  } finally {
    over.abort();
  }
};
