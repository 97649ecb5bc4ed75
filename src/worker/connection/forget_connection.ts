import { happened } from "./happened.ts";
import type { ObjectParts } from "./object_parts.ts";

/** Forgets the connection and its tokens, also those that are on their way. */
export async function forgetConnection(
  parts: ObjectParts,
  why: "forgotten" | "uninstalled",
  actor?: string,
): Promise<void> {
  const { target, connections, facts } = parts;
  await happened(parts, { kind: "forgetting", why });
  const { changes } = facts.installation;
  const [was] = await Promise.all([parts.record().catch(() => undefined), connections.forget(target)]);
  // Tokens that waited for their turn came after the tombstone, and count as saved anew.
  const isOverwritten = (await parts.record())?.tokens !== undefined &&
    facts.installation.changes === changes;
  if (isOverwritten) await connections.forget(target);
  await happened(parts, { kind: "forgot", why, was, actor });
}
