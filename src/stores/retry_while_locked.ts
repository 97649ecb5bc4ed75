import { retrying, sleep } from "../oauth/request/retry.ts";

const ATTEMPTS = 10;
const LONGEST_DELAY_MS = 500;

/**
 * Does `work`, again while SQLite says that another process holds the file. Deno KV waits only a little by itself.
 * `work` must be safe to repeat.
 */
export function retryWhileLocked<T>(work: () => Promise<T>): Promise<T> {
  const delayMs = (error: unknown, attempt: number): number | undefined => {
    const isLocked = error instanceof Error && error.message.includes("database is locked");
    if (!isLocked || attempt === ATTEMPTS) return undefined;
    return Math.random() * Math.min(LONGEST_DELAY_MS, 10 * 2 ** attempt);
  };
  return retrying(work, delayMs, sleep);
}
