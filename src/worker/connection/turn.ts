import { logError } from "../log.ts";
import type { ObjectParts } from "./object_parts.ts";
import { planNext } from "./plan_next.ts";
import { unlessCoded } from "./unless_coded.ts";

/** A plan that could not be made is made after this, ms. */
const PLAN_PAUSE_MS = 30_000;
/** Where not even that can be written down, the object looks again after this, ms. */
const REFUSED_PAUSE_MS = 60_000;

/**
 * Ends a turn of work: plans what comes next where something has changed, and sets the alarm to it. Does not throw: the work
 * itself has ended, and its answer counts.
 */
export async function settle(parts: ObjectParts): Promise<void> {
  const { schedule, store, isChanged } = parts;
  try {
    if (isChanged.now) await planOrLater(parts);
    if (store.isCopied()) await schedule.arm(); // else once KV has answered; the alarm rings soon where this object ends now
  } catch (error) {
    // SQLite takes no writes.
    logError(error, { object: parts.key, outcome: "retried" });
    isChanged.now = true;
    await schedule.armNoLater(Date.now() + REFUSED_PAUSE_MS).catch(() => {}); // the object's next start sets a missing one
  }
}

/** Ends the work of an alarm: does what an instance before this one has left undone, and plans what comes next. */
export async function afterAlarm(parts: ObjectParts): Promise<void> {
  const { connections, store, schedule } = parts;
  try {
    await connections.flush().catch(unlessCoded); // what SQLite refused is in memory
    if (!store.isCopied() && !schedule.get("copy")) await store.flush();
    await planOrLater(parts);
  } catch (error) {
    logError(error, { object: parts.key, outcome: "retried" });
    schedule.pause(Date.now() + REFUSED_PAUSE_MS);
  }
}

async function planOrLater(parts: ObjectParts): Promise<void> {
  const { schedule, isChanged } = parts;
  isChanged.now = false;
  try {
    await planNext(parts);
  } catch (error) {
    logError(error, { object: parts.key, outcome: "retried" });
    if (!schedule.get("plan")) await schedule.set("plan", Date.now() + PLAN_PAUSE_MS);
  }
}
