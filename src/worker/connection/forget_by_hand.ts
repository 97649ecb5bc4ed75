import { forgetConnection } from "./forget_connection.ts";
import type { ObjectParts } from "./object_parts.ts";
import { requireCopied } from "./require_copied.ts";

/**
 * Forgets the connection by the word of `actor`: done once nobody serves its token any more.
 *
 * @throws {HighLevelError} `store_failed` while KV has no tombstone; it is written as soon as KV takes it.
 */
export async function forgetByHand(parts: ObjectParts, actor: string | undefined): Promise<void> {
  await forgetConnection(parts, "forgotten", actor);
  requireCopied(parts, "forgotten");
}
