import { targetOf } from "../../connections/connection_key.ts";
import { HighLevelError, isCoded } from "../../oauth/highlevel_error.ts";
import { installedLocations } from "../../oauth/installed_locations.ts";
import { CloudflareKvStore } from "../../stores/cloudflare_kv_store.ts";
import type { ConnectionStatus } from "../../stores/status.ts";
import { plainError, reviveError } from "../durable/plain_result.ts";
import type { ReconnectApp } from "../reconnect_app.ts";
import type { JobSource, JobTarget } from "./job_api.ts";
import { listed, listingFailed } from "./job_rules.ts";
import type { JobState } from "./job_state.ts";
import { jobTargetOf } from "./job_target.ts";

/** Keys of KV, or locations, looked at in one turn. */
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

/** One page of KV's keys a turn, however few of them match: KV allows 1,000 calls. */
async function findByStatus(
  { id, env }: ReconnectApp,
  status: ConnectionStatus,
  cursor: string | undefined,
  add: (targets: readonly JobTarget[]) => void,
): Promise<string | undefined> {
  const prefix = `${id}/`;
  const store = new CloudflareKvStore(env.TOKENS);
  const page = await store.list({ prefix, limit: PAGE, ...(cursor !== undefined && { cursor }) });
  add(page.entries.flatMap(({ key, summary }) => {
    const target = summary.status === status ? targetOf(prefix, key) : undefined;
    return target ? [{ ...jobTargetOf(target), name: summary.name }] : [];
  }));
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
