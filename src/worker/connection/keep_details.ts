import { unlessForgotten } from "../../connections/host.ts";
import { happened } from "./happened.ts";
import type { ObjectParts } from "./object_parts.ts";
import { besideGivenName, isEmpty } from "./told_details.ts";

/** Writes what was told of the connection into its record, if there is one: whatever heals it reads that. */
export async function keepDetails(parts: ObjectParts): Promise<void> {
  const { facts, connections, target } = parts;
  const { details } = facts.installation;
  if (isEmpty(details)) return;
  const record = unlessForgotten(await parts.record());
  if (!record) return;
  await connections.note(target, besideGivenName(details, facts.installation, record));
  await happened(parts, { kind: "details_kept", details });
}
