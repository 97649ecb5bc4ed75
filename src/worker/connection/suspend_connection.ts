import { unlessForgotten } from "../../connections/host.ts";
import { happened } from "./happened.ts";
import type { ObjectParts } from "./object_parts.ts";
import { requireCopied } from "./require_copied.ts";

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
 * @throws {HighLevelError} `store_failed` as {@linkcode requireCopied}.
 */
export async function suspendConnection(
  parts: ObjectParts,
  order: SuspensionOrder,
  actor: string | undefined,
): Promise<boolean> {
  const { facts } = parts;
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
  if (order !== null) requireCopied(parts, "suspended");
  return true;
}
