import { unlessForgotten } from "../../connections/host.ts";
import { describeTarget } from "../../oauth/host.ts";
import { HighLevelError } from "../../oauth/mod.ts";
import { happened } from "./happened.ts";
import type { ObjectParts } from "./object_parts.ts";

/** How soon a caller may ask again for what KV did not take, ms. */
const KV_PAUSE_MS = 5_000;

/** Asks for a suspension, with its reason in the person's words; or, with `null`, for its end. */
export type SuspensionOrder = { readonly reason?: string } | null;

/** Has KV take the other copy. A note that a token is being spent stays here, unless the copy is one without notes. */
async function changeCopy({ key, store }: ObjectParts, order: SuspensionOrder): Promise<void> {
  if (order === null && store.summary(key)?.spendingSince !== undefined) return;
  await store.changeCopy(key);
}

/**
 * Suspends the connection by the word of `actor`, or ends that. Tells whether there is anything to suspend or to resume. The suspending
 * is done once nobody serves its token any more.
 *
 * @throws {HighLevelError} `store_failed` while KV has the copy that was; the other one is written as soon as KV takes it.
 */
export async function suspendConnection(
  parts: ObjectParts,
  order: SuspensionOrder,
  actor: string | undefined,
): Promise<boolean> {
  const { target, store, facts } = parts;
  const record = await parts.record();
  const isHeld = unlessForgotten(record) !== undefined;
  if (!isHeld && !facts.installation.suspended) return false;
  const told = happened(
    parts,
    order === null ? { kind: "resuming", actor } : { kind: "suspending", reason: order.reason, actor },
    record,
  );
  // In the same turn: where the object ends now, KV gets the other copy all the same.
  const copied = isHeld ? changeCopy(parts, order) : undefined;
  await Promise.all([told, copied]);
  if (order === null || store.isCopied()) return true;
  const message = `${describeTarget(target)} is suspended here, but KV did not take that in time: ` +
    "near some readers its token may still be served. It is written as soon as KV takes it.";
  throw new HighLevelError("store_failed", message, { retryAfterMs: KV_PAUSE_MS });
}
