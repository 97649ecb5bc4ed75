import { unlessForgotten } from "../../connections/host.ts";
import { HighLevelError } from "../../oauth/mod.ts";
import { CloudflareKvStore } from "../../stores/mod.ts";
import { resultOrError } from "../durable/plain_result.ts";
import type { ScheduledItem } from "../durable/schedule.ts";
import { logError } from "../log.ts";
import { bringBack } from "./bring_back.ts";
import { hasNews, rowOf } from "./directory_report.ts";
import { getInstalled, recoverOneOfMany } from "./get_installed.ts";
import { happened } from "./happened.ts";
import { isInstalledSince } from "./installation.ts";
import { putKeptEvents } from "../events/keep_events.ts";
import { nextWork } from "./next_work.ts";
import type { ObjectParts } from "./object_parts.ts";
import { planNext, tellAgency } from "./plan_next.ts";
import type { ScheduledWork } from "./scheduled_work.ts";
import { ASKING } from "./suspension.ts";
import { tellDirectory } from "./tell_directory.ts";
import { unlessCoded } from "./unless_coded.ts";

/** Does what is due. Whatever throws here is due again later. */
export async function doWork(
  parts: ObjectParts,
  { name, attempt }: ScheduledItem<ScheduledWork>,
): Promise<void> {
  const { app, target, store, facts, schedule, locations } = parts;
  if (facts.installation.suspended && ASKING.includes(name)) return;
  switch (name) {
    case "plan":
      return await planNext(parts);
    case "refresh":
      return await refresh(parts);
    case "heal":
      await refresh(parts);
      return await happened(parts, { kind: "heal_tried" });
    case "install":
      return await getInstalled(parts, attempt);
    case "tell_agency":
      return await tellAgency(parts);
    case "tell_broken":
      return await tellBroken(parts);
    case "copy":
      if (!await store.flush()) throw new HighLevelError("store_failed", "KV refused the write.");
      return;
    case "report": {
      await tellDirectory(parts);
      const row = rowOf(target, await parts.record(), facts.installation, Date.now());
      if (hasNews(facts.report, row)) await schedule.set("report", Date.now());
      return;
    }
    case "events":
      return await putKeptEvents(parts);
    case "mint": {
      const isMore = await locations.eachPending((locationId) =>
        app.connection({ locationId }).companyConnected()
      );
      if (isMore) await schedule.set("mint", Date.now());
      return;
    }
    case "bring_back":
      return await bringBack(parts);
    case "uninstall": {
      const uninstall = { companyId: target.companyId ?? "", at: facts.installation.uninstalledAt ?? 0 };
      const isMore = await locations.eachForTheLastTime(async (locationId) => {
        resultOrError(await app.connection({ locationId }).forget("uninstalled", uninstall));
      });
      if (isMore) await schedule.set("uninstall", Date.now());
      return;
    }
    case "erase":
      return await erase(parts);
  }
}

/** Replaces the tokens, if that is due still: an object that ended between write and plan must not spend another token. */
async function refresh(parts: ObjectParts): Promise<void> {
  const { key, target, connections, facts } = parts;
  const record = await parts.record();
  const now = Date.now();
  const { refreshAt = Infinity, healAt = Infinity } = nextWork(record, facts.installation, now, key);
  if (Math.min(refreshAt, healAt) > now) return;
  if (unlessForgotten(record)) {
    // More than the token has left, so that it is replaced now; a living one stays where that fails. Unlike a recovery
    // this never brings back what was forgotten.
    const minLifetimeMs = Math.max((record?.tokens?.expiresAt.getTime() ?? 0) - now + 1, 0);
    await connections.accessToken(target, { minLifetimeMs }).catch(unlessCoded);
  } else if (isInstalledSince({ facts: facts.installation, record })) {
    await recoverOneOfMany(parts, facts.installation.details); // no record says yet what was told
  }
}

/** Tells people of trouble that has lasted for an hour, if the token has ended meanwhile. */
async function tellBroken(parts: ObjectParts): Promise<void> {
  const record = await parts.record();
  const { trouble } = parts.facts.installation;
  const isLiving = (record?.tokens?.expiresAt.getTime() ?? 0) > Date.now();
  if (!trouble || isLiving) return;
  const isNews = parts.facts.isNews({ kind: "broken", at: Date.now() });
  await happened(parts, { kind: "broken_told", isNews });
}

/**
 * Removes everything, here and in KV, once the tombstone has held long enough. Nothing is awaited between the last look and the
 * end: what is saved or installed meanwhile comes before it, and is kept, or after it.
 */
async function erase({ app, key, store, facts, sql, storage }: ObjectParts): Promise<void> {
  const isOver = (): boolean =>
    store.summary(key)?.status === "forgotten" && facts.installation.installedAt === undefined;
  if (!isOver()) return;
  // KV drops it by itself at about this time; the sweep sees to what it did not.
  await new CloudflareKvStore(app.env.TOKENS).delete(key).catch((error: unknown) =>
    logError(error, { object: key, outcome: "passed_over" })
  );
  if (!isOver()) return await store.copyAgain(key);
  const erasing = [storage.deleteAlarm(), storage.deleteAll()];
  sql.wasEmptied();
  await Promise.all(erasing);
}
