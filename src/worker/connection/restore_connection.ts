import { decodeRecord } from "../../connections/host.ts";
import { restoreRecord, type RestoreVerdict } from "../../moving/host.ts";
import type { ExportedConnection } from "./connection_api.ts";
import { shownStatus } from "./directory_report.ts";
import { happened } from "./happened.ts";
import { movedFactsIn } from "./moved_facts.ts";
import type { ObjectParts } from "./object_parts.ts";

/**
 * Takes the connection of an export, unless what is held here is as new or newer. What was under way for what was held is overtaken.
 * Nothing is sent to HighLevel: what is due then is refreshed by alarm, spread over time.
 */
export async function restoreConnection(
  parts: ObjectParts,
  moved: ExportedConnection,
  { isDryRun, actor }: { readonly isDryRun: boolean; readonly actor?: string },
): Promise<RestoreVerdict> {
  const { key, records, connections, facts, store } = parts;
  const { record: stored } = moved;
  const record = decodeRecord(stored);
  const { status } = record;
  const told = movedFactsIn({ ...moved.facts });
  if (!isDryRun) await connections.flush(); // what SQLite refused is in memory, and may be newer
  const verdict = await restoreRecord(records, key, { stored, record }, {
    isDryRun,
    onTaking: () => happened(parts, { kind: "restoring", told, isForgotten: status === "forgotten" }),
  });
  if (verdict.result !== "taken" || isDryRun) return verdict;
  if (told.since !== undefined) {
    const shown = shownStatus(record, facts.installation, Date.now());
    facts.report = { ...facts.report, before: { status: shown, since: told.since } }; // lists go on showing since when
  }
  await happened(parts, { kind: "restored", actor });
  await store.settled();
  return verdict;
}
