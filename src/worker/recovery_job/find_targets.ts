import { isCoded } from "../../oauth/host.ts";
import { HighLevelError, installedLocations } from "../../oauth/mod.ts";
import type { ConnectionStatus } from "../../stores/mod.ts";
import { plainError, reviveError } from "../durable/plain_result.ts";
import type { ReconnectApp } from "../reconnect_app.ts";
import type { JobSource, JobTarget } from "./job_api.ts";
import { listed, listingFailed } from "./job_rules.ts";
import type { JobState } from "./job_state.ts";

/** Connections of the directory found in one turn. */
const PAGE = 1_000;
/** Locations of an agency handed over at once. */
const CHUNK = 500;

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
  add: (targets: readonly JobTarget[]) => void,
): Promise<string | undefined> {
  switch (source.kind) {
    case "targets":
      return undefined;
    case "status":
      return await findByStatus(app, source.status, cursor, add);
    case "installed":
      return await findInstalled(app, source.companyId, add);
  }
}

/** One page of the directory a turn. While that is being built, its list would lack some. */
async function findByStatus(
  { directory }: ReconnectApp,
  status: ConnectionStatus,
  cursor: string | undefined,
  add: (targets: readonly JobTarget[]) => void,
): Promise<string | undefined> {
  const page = await directory().list({ status, limit: PAGE, ...(cursor !== undefined && { cursor }) });
  // No trouble of HighLevel's, which would stop the job: it looks again in some seconds.
  if (!page.isComplete) throw new Error("The directory is being built.");
  add(page.rows.map(({ kind, id, name }) => ({ kind, id, name })));
  return page.cursor;
}

async function findInstalled(
  app: ReconnectApp,
  companyId: string,
  add: (targets: readonly JobTarget[]) => void,
): Promise<undefined> {
  const company = await app.connection({ companyId }).token({});
  if (!company.ok) throw reviveError(company.error);
  let chunk: JobTarget[] = [];
  const request = { companyId, accessToken: company.accessToken };
  try {
    for await (const { locationId, name } of installedLocations(app.settings.app, request)) {
      chunk.push({ kind: "location", id: locationId, name });
      if (chunk.length < CHUNK) continue;
      add(chunk);
      chunk = [];
    }
  } finally {
    add(chunk); // also where the list broke off: a job that gives up listing goes on with these
  }
}
