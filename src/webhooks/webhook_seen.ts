import { checkId } from "../oauth/target.ts";
import type { TokenStore } from "../stores/token_store.ts";

/** Options of {@linkcode webhookSeen}. */
export interface WebhookSeenOptions {
  /**
   * The app that the webhook is for, where several share a store: each is then told of a webhook once.
   * @default {none}
   */
  readonly appId?: string;
  /**
   * The clock, ms since the epoch.
   * @default {Date.now}
   */
  readonly now?: () => number;
}

/** Two days: longer than `verifyWebhook` takes a delivery, by a clock that is a day off. */
const KEEP_MS = 2 * 86_400_000;

/**
 * Whether `webhookId` came before; if not, remembers it for two days, under `webhook/<appId>/<id>` in `store`, or
 * `webhook/<id>` without `appId`. Where the store has versions, of two deliveries at the same moment exactly one is told
 * `false`. Without them, as on Workers KV, both may be: a handler should bear a repeat.
 *
 * A delivery whose handling failed is seen all the same. Where HighLevel should deliver it again, ask after the work, or
 * `store.delete("webhook/" + webhookId)` before answering 429.
 *
 * @throws {TypeError} when `webhookId` or `appId` has characters outside `[A-Za-z0-9_-]`.
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
  store: Pick<TokenStore, "get" | "put">,
  webhookId: string,
  { appId, now = Date.now }: WebhookSeenOptions = {},
): Promise<boolean> {
  const id = checkId("webhookId", webhookId);
  const key = appId === undefined ? `webhook/${id}` : `webhook/${checkId("appId", appId)}/${id}`;
  if (await store.get(key)) return true;
  const updatedAt = now();
  const record = { format: 1, summary: { updatedAt }, body: "", dropAt: updatedAt + KEEP_MS } as const;
  return !await store.put(key, record, { ifVersion: null });
}
