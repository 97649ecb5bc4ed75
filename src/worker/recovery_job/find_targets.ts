import { isCoded } from "../../oauth/host.ts";
import { HighLevelError, installedLocations } from "../../oauth/mod.ts";
import type { ConnectionStatus } from "../../stores/mod.ts";
import { plainError, resultOrError } from "../durable/plain_result.ts";
import type { ReconnectApp } from "../reconnect_app.ts";
import type { JobSource, JobTarget } from "./job_api.ts";
import { listed, listingFailed } from "./job_rules.ts";
import type { JobState } from "./job_state.ts";

/** Connections of the directory found in one turn. */
const PAGE = 1_000;
/** Locations of an agency handed over at once. */
const CHUNK = 500;
/** Where a job of an agency goes on once the directory's rows were found. */
const AT_HIGHLEVEL = "highlevel";

/** Takes targets that were found. */
type Add = (targets: readonly JobTarget[]) => void | Promise<void>;

/** Finds the next targets of a job, once; what went wrong stands in its state. Throws what is worth another try a little later. */
export async function findMore(app: ReconnectApp, state: JobState): Promise<void> {
  const { facts } = state;
  if (!facts) return;
  const add = (targets: readonly JobTarget[]): void => state.add(targets, Date.now());
  try {
    const cursor = await findTargets(app, facts.source, facts.cursor, add);
    state.update((now) => listed(now, cursor), Date.now());
  } catch (error) {
    if (!(error instanceof HighLevelError) || isCoded(error, "rate_limited")) throw error;
    state.update((now) => listingFailed(now, plainError(error), Date.now()), Date.now());
  }
}

/**
 * Finds the next targets of `source` and hands them to `add`. Seeing one twice changes nothing, so a turn that was cut is simply
 * done again. Returns where it goes on; `undefined` when all were found.
 *
 * @throws {HighLevelError} where the list breaks off; what was found before that was handed over.
 */
async function findTargets(
  app: ReconnectApp,
  source: JobSource,
  cursor: string | undefined,
  add: Add,
): Promise<string | undefined> {
  switch (source.kind) {
    case "targets":
      return undefined;
    case "status":
      return await findByStatus(app, source.status, cursor, add);
    case "installed":
      return await findInstalled(app, source.companyId, add);
    case "agency":
      if (cursor !== AT_HIGHLEVEL) {
        return await findLost(app, source.companyId, cursor, add) ?? AT_HIGHLEVEL;
      }
      return await findInstalled(app, source.companyId, async (targets) => {
        const lacking = new Set(await app.directory().lacking(targets.map(({ id }) => id)));
        await add(targets.filter(({ id }) => lacking.has(id)));
      });
  }
}

/** One page of the directory a turn. While that is being built, its list would lack some. */
async function findByStatus(
  { directory }: ReconnectApp,
  status: ConnectionStatus,
  cursor: string | undefined,
  add: Add,
): Promise<string | undefined> {
  const page = await directory().list({ status, limit: PAGE, ...(cursor !== undefined && { cursor }) });
  // No trouble of HighLevel's, which would stop the job: it looks again in some seconds.
  if (!page.isComplete) throw new Error("The directory is being built.");
  await add(page.rows.map(({ kind, id, name }) => ({ kind, id, name })));
  return page.cursor;
}

/** One page a turn of an agency's locations that are lost: they stand before the others. */
async function findLost(
  { directory }: ReconnectApp,
  companyId: string,
  cursor: string | undefined,
  add: Add,
): Promise<string | undefined> {
  const query = { companyId, kind: "location", order: "status", limit: PAGE } as const;
  const page = await directory().list({ ...query, ...(cursor !== undefined && { cursor }) });
  if (!page.isComplete) throw new Error("The directory is being built.");
  const lost = page.rows.filter(({ status }) => status === "broken" || status === "reauthorization_required");
  await add(lost.map(({ kind, id, name }) => ({ kind, id, name })));
  return lost.length < page.rows.length ? undefined : page.cursor;
}

async function findInstalled(
  app: ReconnectApp,
  companyId: string,
  add: Add,
): Promise<undefined> {
  const { accessToken } = resultOrError(await app.connection({ companyId }).token({}));
  let chunk: JobTarget[] = [];
  try {
    for await (
      const { locationId, name } of installedLocations(app.settings.app, { companyId, accessToken })
    ) {
      chunk.push({ kind: "location", id: locationId, name });
      if (chunk.length < CHUNK) continue;
      await add(chunk);
      chunk = [];
    }
  } finally {
    await add(chunk); // also where the list broke off: a job that gives up listing goes on with these
  }
}
