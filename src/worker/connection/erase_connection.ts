import { defined } from "../../oauth/host.ts";
import { NO_REPORTS } from "./directory_report.ts";
import type { ErasedConnection } from "./connection_api.ts";
import { forgetByHand } from "./forget_by_hand.ts";
import { eraseAtOf } from "./next_work.ts";
import { NO_FACTS } from "./installation_facts.ts";
import type { ObjectParts } from "./object_parts.ts";
import { unlessCoded } from "./unless_coded.ts";

/**
 * Forgets the connection by hand, and removes at once what its tombstone does without: history, names, what was told of it. Nothing
 * is awaited after the tombstone: what comes then is a new connection's.
 *
 * @throws {HighLevelError} `store_failed` as {@linkcode forgetByHand}; erasing once more goes on.
 */
export async function eraseConnection(parts: ObjectParts): Promise<ErasedConnection> {
  const { key, sql, values, facts, store } = parts;
  const was = await parts.record().catch(unlessCoded);
  // First: after the tombstone nobody knows whose location it was.
  const atAgency = await dropAtAgency(parts, was?.companyId);
  await forgetByHand(parts, undefined);
  const count = (table: string): number =>
    Number(sql.exec(`SELECT count(*) AS n FROM ${table}`).toArray()[0]?.n ?? 0);
  const { changes, forgottenAt, uninstalledAt, linksRevokedAt, details } = facts.installation;
  const [history, webhooks, locations] = [count("history"), count("received_webhooks"), count("locations")];
  const told = Object.keys(details).length + (values.get("alerts") === undefined ? 0 : 1);
  for (const table of ["history", "received_webhooks", "locations"]) sql.exec(`DELETE FROM ${table}`);
  facts.installation = {
    ...NO_FACTS,
    changes,
    ...defined({ forgottenAt, uninstalledAt, linksRevokedAt }),
  };
  facts.report = { ...NO_REPORTS, seq: facts.report.seq };
  values.set("alerts", undefined);
  values.set("healedAt", undefined);
  parts.isChanged.now = true; // the directory is told that it is gone
  return {
    object: { tokens: was?.tokens ? 1 : 0, history, facts: told, webhooks, locations },
    agency: { locations: atAgency },
    tombstoneUntil: eraseAtOf(store.summary(key)?.updatedAt ?? Date.now()),
  };
}

/** Has the location's agency know it no more. */
async function dropAtAgency(
  { app, target: { locationId }, facts }: ObjectParts,
  recorded: string | undefined,
): Promise<number> {
  const companyId = facts.installation.knownAt ?? recorded;
  if (locationId === undefined || companyId === undefined) return 0;
  return await app.connection({ companyId }).dropLocation(locationId);
}
