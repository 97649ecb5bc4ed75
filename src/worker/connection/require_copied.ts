import { describeTarget } from "../../oauth/host.ts";
import { HighLevelError } from "../../oauth/mod.ts";
import type { ObjectParts } from "./object_parts.ts";

/** How soon a caller may ask again for what KV did not take, ms. */
const KV_PAUSE_MS = 5_000;

/**
 * Ends an order that took a token back, unless nobody serves that any more. It is carried out here: asking again waits for KV alone.
 *
 * @throws {HighLevelError} `store_failed` while KV has the copy that was; the other one is written as soon as KV takes it.
 */
export function requireCopied(
  { target, store }: Pick<ObjectParts, "target" | "store">,
  became: "forgotten" | "suspended",
): void {
  if (store.isCopied()) return;
  const message = `${describeTarget(target)} is ${became} here, but KV did not take that in time: ` +
    "near some readers its token may still be served. It is written as soon as KV takes it.";
  throw new HighLevelError("store_failed", message, { retryAfterMs: KV_PAUSE_MS });
}
