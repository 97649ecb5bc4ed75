import type { ExportedConnection } from "./connection_api.ts";
import { movedFacts } from "./moved_facts.ts";
import type { ObjectParts } from "./object_parts.ts";

/**
 * The connection as it is held here, to be moved; nothing where nothing is held.
 *
 * @throws {HighLevelError} `store_failed`; its `reason` is `unreadable` where no sealing key opens it.
 */
export async function exportConnection(
  { key, records, facts }: ObjectParts,
): Promise<{ readonly held?: ExportedConnection }> {
  const stored = await records.get(key);
  if (!stored) return {};
  const { version: _, ...record } = stored;
  return { held: { record, facts: movedFacts(facts.installation, facts.report.told?.since) } };
}
