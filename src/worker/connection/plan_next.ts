import { happened } from "./happened.ts";
import { hasNews, rowOf } from "./directory_report.ts";
import { keepDetails } from "./keep_details.ts";
import { isHealthy, nextWork } from "./next_work.ts";
import type { ObjectParts } from "./object_parts.ts";
import type { ScheduledWork } from "./scheduled_work.ts";
import { isTallyDue, tallySince } from "./tally.ts";

/** What happens within this time is told to the directory together, ms. */
const TOGETHER_MS = 1_000;
/** An agency's object that is out of reach is told again after this, ms. */
const AGENCY_PAUSE_MS = 30_000;

/** Puts on the schedule what the connection needs next, and has the directory told what is new. Writes only what changed. */
export async function planNext(parts: ObjectParts): Promise<void> {
  const { target, key, facts, schedule } = parts;
  await keepDetails(parts);
  await tellAgencyOnce(parts);
  const record = await parts.record();
  await happened(parts, { kind: "planning" }, record);
  const now = Date.now();
  const { refreshAt, healAt, tellAt, eraseAt } = nextWork(record, facts.installation, now, key);
  const plan = async (work: ScheduledWork, at: number | undefined): Promise<void> => {
    if (at === undefined) schedule.clear(work);
    else await schedule.set(work, at);
  };
  await plan("refresh", refreshAt);
  await plan("heal", healAt);
  await plan("tell_broken", tellAt);
  await plan("erase", eraseAt);
  const row = rowOf(target, record, facts.installation, now);
  const { report } = facts;
  const isNews = hasNews(report, row) ||
    row && isTallyDue(report.seq, now) && tallySince(parts.history.tally, report.counted);
  if (isNews && !schedule.get("report")) await schedule.set("report", now + TOGETHER_MS);
}

/** Tells the agency's object of this location where it does not know of it yet; later, where it is out of reach. */
async function tellAgencyOnce(parts: ObjectParts): Promise<void> {
  if (parts.schedule.get("tell_agency")) return;
  try {
    await tellAgency(parts);
  } catch {
    // No reason to fail a recovery that worked.
    await parts.schedule.set("tell_agency", Date.now() + AGENCY_PAUSE_MS);
  }
}

/** Tells the agency's object of this location, so that an uninstall of the agency reaches it, also one just over. */
export async function tellAgency(parts: ObjectParts): Promise<void> {
  const { app, target: { locationId }, facts } = parts;
  const record = await parts.record();
  const { companyId } = record ?? {};
  if (companyId === undefined || locationId === undefined) return;
  if (facts.installation.knownAt === companyId) return;
  const isPending = !isHealthy(record, Date.now());
  const uninstalledAt = await app.connection({ companyId }).noteLocation(locationId, isPending);
  await happened(parts, { kind: "agency_knows", companyId, uninstalledAt }, record);
}
