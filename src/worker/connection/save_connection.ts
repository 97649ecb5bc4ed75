import type { ConnectionDetails } from "../../connections/mod.ts";
import { defined } from "../../oauth/host.ts";
import type { TokenSet } from "../../oauth/mod.ts";
import { happened } from "./happened.ts";
import type { ObjectParts } from "./object_parts.ts";
import { toldBy } from "./told_details.ts";

/** Puts tokens under management, with all that was told of the connection. */
export async function saveConnection(
  parts: ObjectParts,
  tokens: TokenSet,
  { clientId, ...about }: ConnectionDetails,
  how: "imported" | "authorised",
  actor: string | undefined,
): Promise<{ readonly saved: true }> {
  const { target, connections, facts, store } = parts;
  await happened(parts, { kind: "saving", details: { ...toldBy(target, tokens), ...about } });
  const { changes: change, details } = facts.installation;
  await connections.save(target, tokens, { ...details, ...defined({ clientId }) });
  await happened(parts, { kind: "saved", how, change, details, actor });
  await store.settled();
  return { saved: true };
}
