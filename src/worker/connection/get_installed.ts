import {
  agency,
  type ConnectionRecord,
  type Grant,
  unlessForgotten,
  withDetails,
} from "../../connections/host.ts";
import type { ConnectionDetails, Recovery } from "../../connections/mod.ts";
import { HighLevelError } from "../../oauth/mod.ts";
import { resultOrError } from "../durable/plain_result.ts";
import { happened } from "./happened.ts";
import { isHealthy } from "./next_work.ts";
import type { ObjectParts } from "./object_parts.ts";
import { keepDetails } from "./keep_details.ts";
import { unlessCoded } from "./unless_coded.ts";

/**
 * Gets tokens for an installation: from its agency where that has some; else, once the redirect had time to bring them, by
 * the ladder. Never replaces a healthy record, nor what is saved or forgotten meanwhile.
 */
export async function getInstalled(parts: ObjectParts, attempt: number): Promise<void> {
  const { target, connections, facts, schedule } = parts;
  await keepDetails(parts);
  const record = await parts.record();
  if (isHealthy(record, Date.now())) return;
  const { changes, details } = facts.installation;
  const isOvertaken = (): boolean =>
    facts.installation.changes !== changes || facts.installation.suspended !== undefined;
  const grant = await mintedByAgency(parts, record, details).catch(unlessCoded);
  if (isOvertaken()) return;
  if (grant) {
    const { tokens, companyId = details.companyId } = grant;
    await connections.save(target, tokens, { ...details, ...companyId !== undefined && { companyId } });
    return await happened(parts, { kind: "saved", how: "minted", change: changes, details });
  }
  if (attempt === 0) return await schedule.set("install", Date.now() + parts.redirectGraceMs, 1);
  await recoverOneOfMany(parts, details);
}

/** The core's way by the agency alone. Where it is refused, the ladder has other ways, and tells why they do not work either. */
async function mintedByAgency(
  parts: ObjectParts,
  held: ConnectionRecord | undefined,
  details: ConnectionDetails,
): Promise<Grant | undefined> {
  const { app, target } = parts;
  const record = withDetails(target, unlessForgotten(held), details);
  if (target.locationId === undefined || record?.companyId === undefined) return undefined;
  return await agency({
    target,
    record,
    mint: async (companyId, locationId) => {
      // An agency without tokens is not woken to climb for this one: it mints when it gets some.
      const minted = await app.connection({ companyId }).mint(locationId, { heals: false });
      await happened(parts, { kind: "agency_knows", companyId, uninstalledAt: 0 });
      return resultOrError(minted);
    },
  });
}

/** Climbs the ladder for one of many, which nobody waits for: what is known of the Reconnect endpoint is believed. */
export async function recoverOneOfMany(
  { connections, target }: ObjectParts,
  details: ConnectionDetails,
): Promise<Recovery> {
  for await (const recovery of connections.recoverAll([target], { details })) return recovery;
  throw new HighLevelError("unavailable", "The recovery did not begin.", { target });
}
