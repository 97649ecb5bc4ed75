import { retryDelayMs } from "../durable/retry_delay.ts";

/** A chat service that did not answer is tried again within this, ms, however long it was away: people wait for it. */
const LONGEST_PAUSE_MS = 15 * 60_000;

/** Sends `body` to `url`; rejects when it does not take it. */
export async function postAlert(url: string, body: Readonly<Record<string, unknown>>): Promise<void> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
    redirect: "manual",
    signal: AbortSignal.timeout(10_000),
  });
  await response.body?.cancel();
  if (!response.ok) throw new Error(`The alert webhook answered ${response.status}.`);
}

/** How long to wait after `attempt` tries that failed, ms. */
export function chatPauseMs(attempt: number): number {
  return Math.min(LONGEST_PAUSE_MS, retryDelayMs(attempt));
}
