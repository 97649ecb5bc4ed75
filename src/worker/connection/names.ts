import { unlessForgotten } from "../../connections/host.ts";
import { locationName, mayReadNames } from "../http/location_name.ts";
import { happened } from "./happened.ts";
import { isHealthy } from "./next_work.ts";
import type { ObjectParts } from "./object_parts.ts";
import { shortName } from "./short_name.ts";

const DAY_MS = 24 * 3_600_000;
/** A name that is known is asked for again after this at the earliest, ms; one that HighLevel did not tell, after a day. */
const NAME_AGE_MS = 25 * DAY_MS;

/** Gives the connection a name that stays; `null`: HighLevel's own again. Tells whether there is such a connection. */
export async function giveName(parts: ObjectParts, name: string | null): Promise<boolean> {
  const { target, connections } = parts;
  if (!unlessForgotten(await parts.record())) return false;
  await happened(parts, { kind: "name_given", isGiven: name !== null });
  if (name === null) await readName(parts, 0);
  else await connections.note(target, { name });
  return true;
}

/** Notes what one of HighLevel's lists calls the connection, unless its name was given. */
export async function noteListedName(parts: ObjectParts, name: string): Promise<void> {
  const { target, connections, facts } = parts;
  const listed = shortName(name);
  const record = unlessForgotten(await parts.record());
  if (!record || listed === undefined || record.name === listed) return;
  if (facts.installation.isNameGiven && record.name !== undefined) return;
  await connections.note(target, { name: listed });
}

/**
 * The connection's name. HighLevel is asked for that of a location where none was given, its token lives and may read it, and the
 * last answer is older than `maxAgeMs`; of a suspended one it is not.
 */
export async function readName(
  parts: ObjectParts,
  maxAgeMs: number = NAME_AGE_MS,
): Promise<string | undefined> {
  const { app, target, connections, facts } = parts;
  const record = unlessForgotten(await parts.record());
  const { name, tokens } = record ?? {};
  const { isNameGiven = false, nameAskedAt = 0, suspended } = facts.installation;
  if (!record || !tokens || suspended || isNameGiven && name !== undefined) return name;
  const now = Date.now();
  const mayRead = mayReadNames(tokens.scope.join(" "));
  const isFresh = now - nameAskedAt < (name === undefined ? Math.min(maxAgeMs, DAY_MS) : maxAgeMs);
  if (target.locationId === undefined || !mayRead || isFresh || !isHealthy(record, now)) return name;
  const read = await locationName(app.settings.app, target, tokens.accessToken);
  await happened(parts, { kind: "name_asked" });
  // Somebody may have given one meanwhile.
  if (read === undefined || facts.installation.isNameGiven) return (await parts.record())?.name;
  await connections.note(target, { name: read });
  return read;
}
