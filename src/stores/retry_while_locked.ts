const ATTEMPTS = 10;
const LONGEST_DELAY_MS = 500;

/**
 * Does `work`, again while SQLite says that another process holds the file. Deno KV waits only a little by itself.
 * `work` must be safe to repeat.
 */
export async function retryWhileLocked<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1;; attempt++) {
    try {
      return await work();
    } catch (error) {
      const isLocked = error instanceof Error && error.message.includes("database is locked");
      if (!isLocked || attempt === ATTEMPTS) throw error;
      await sleep(Math.random() * Math.min(LONGEST_DELAY_MS, 10 * 2 ** attempt));
    }
  }
}

/** Resolves after `delayMs`. */
export function sleep(delayMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, delayMs));
}
