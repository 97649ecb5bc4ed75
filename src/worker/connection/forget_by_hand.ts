import { describeTarget } from "../../oauth/host.ts";
import { HighLevelError } from "../../oauth/mod.ts";
import { forgetConnection } from "./forget_connection.ts";
import type { ObjectParts } from "./object_parts.ts";

/** How soon a caller may ask again for what KV did not take, ms. */
const KV_PAUSE_MS = 5_000;

/**
 * Forgets the connection by the word of `actor`: done once nobody serves its token any more.
 *
 * @throws {HighLevelError} `store_failed` while KV has no tombstone; it is written as soon as KV takes it.
 */
export async function forgetByHand(parts: ObjectParts, actor: string | undefined): Promise<void> {
  await forgetConnection(parts, "forgotten", actor);
  if (parts.store.isCopied()) return;
  const message = `${describeTarget(parts.target)} is forgotten here, but KV did not take that in time: ` +
    "near some readers its token may still be served. It is written as soon as KV takes it.";
  throw new HighLevelError("store_failed", message, { retryAfterMs: KV_PAUSE_MS });
}
