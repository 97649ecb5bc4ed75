import { checkId } from "../oauth/target.ts";
import type { TokenStore } from "../stores/token_store.ts";

/** Options of {@linkcode webhookSeen}. */
export interface WebhookSeenOptions {
  /**
   * The clock, ms since the epoch.
   * @default {Date.now}
   */
  readonly now?: () => number;
}

/** Two days: longer than `verifyWebhook` takes a delivery, by a clock that is a day off. */
const KEEP_MS = 2 * 86_400_000;

/**
 * Whether `webhookId` came before; if not, remembers it for two days, under `webhook/<id>` in `store`.
 * Under the store's lock, where it has one, of two deliveries at the same moment one is told `false`. Without a lock, or
 * on Workers KV, both may be: a handler should bear a repeat.
 *
 * A delivery whose handling failed is seen all the same. Where HighLevel should deliver it again, ask after the work, or
 * `store.delete("webhook/" + webhookId)` before answering 429.
 *
 * @throws {TypeError} when `webhookId` has characters outside `[A-Za-z0-9_-]`.
 *
 * @example
 * ```ts
 * import { MemoryStore } from "@reconnect/highlevel";
 *
 * const store = new MemoryStore();
 * const first = await webhookSeen(store, "b5f1c0de-0000-4000-8000-000000000001");
 * const again = await webhookSeen(store, "b5f1c0de-0000-4000-8000-000000000001");
 * if (first || !again) throw new Error("false, then true expected");
 * ```
 */
export async function webhookSeen(
  store: Pick<TokenStore, "get" | "put" | "lock">,
  webhookId: string,
  { now = Date.now }: WebhookSeenOptions = {},
): Promise<boolean> {
  const key = `webhook/${checkId("webhookId", webhookId)}`;
  const look = async (): Promise<boolean> => {
    if (await store.get(key)) return true;
    const updatedAt = now();
    await store.put(key, { format: 1, summary: { updatedAt }, body: "", dropAt: updatedAt + KEEP_MS });
    return false;
  };
  return await (store.lock ? store.lock(key, look) : look());
}
