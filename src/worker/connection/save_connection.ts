import {
  connectedRecord,
  type ConnectionRecord,
  isNewerThan,
  unlessForgotten,
} from "../../connections/host.ts";
import type { ConnectionDetails } from "../../connections/mod.ts";
import { defined } from "../../oauth/host.ts";
import type { ConnectionTarget, TokenSet } from "../../oauth/mod.ts";
import type { SavedConnection } from "./connection_api.ts";
import { happened } from "./happened.ts";
import type { ObjectParts } from "./object_parts.ts";
import { besideGivenName, toldBy } from "./told_details.ts";

/** Puts tokens under management, with all that was told of the connection. */
export async function saveConnection(
  parts: ObjectParts,
  tokens: TokenSet,
  { clientId, ...about }: ConnectionDetails,
  how: "imported" | "authorised",
  actor: string | undefined,
): Promise<SavedConnection> {
  const { target, connections, facts, store } = parts;
  const isNameGiven = how === "imported" && about.name !== undefined;
  await happened(parts, { kind: "saving", details: { ...toldBy(target, tokens), ...about }, isNameGiven });
  const { changes: change, details } = facts.installation;
  // These tokens may exist nowhere else: what cannot be read is no reason to drop them.
  const before = isNameGiven ? undefined : unlessForgotten(await parts.record().catch(() => undefined));
  const told = besideGivenName(details, facts.installation, before);
  if (how === "imported" || !isOvertaken(target, tokens, before)) {
    await connections.save(target, tokens, { ...told, ...defined({ clientId }) });
  }
  await happened(parts, { kind: "saved", how, change, details, actor });
  await store.settled();
  return { saved: true, ...facts.installation.suspended && { isSuspended: true } };
}

/** Whether `held` came of an authorisation that was granted later than the one which gave `tokens`: that one stands. */
function isOvertaken(
  target: ConnectionTarget,
  tokens: TokenSet,
  held: ConnectionRecord | undefined,
): boolean {
  if (held?.status !== "connected") return false;
  const at = Date.now();
  const granted = { ...connectedRecord(target, { tokens }, undefined, at), savedAt: at };
  return isNewerThan(held, granted, undefined);
}
