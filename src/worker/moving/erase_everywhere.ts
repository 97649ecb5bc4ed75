import type { ConnectionTarget } from "../../oauth/mod.ts";
import { defined } from "../../oauth/host.ts";
import { resultOrError } from "../durable/plain_result.ts";
import { keepersOf } from "../events/endpoints_of.ts";
import { kindAndId } from "../kind_and_id.ts";
import type { ReconnectApp } from "../reconnect_app.ts";

/** What was erased of a connection, where, and what remains: for whoever must show that. No personal data. */
export interface ErasureReceipt {
  /** Which connection. */
  readonly target: ConnectionTarget;
  /** When, ISO 8601. */
  readonly erasedAt: string;
  /** By where it was: how many of each. */
  readonly erased: {
    /** The connection's object. */
    readonly object: Readonly<Record<"tokens" | "history" | "facts" | "webhooks" | "locations", number>>;
    /** Workers KV, in whose place the tombstone is now. */
    readonly kv: { readonly tokens: number };
    /** Lists, search and alerts. */
    readonly directory: { readonly rows: number; readonly alerts: number };
    /** Its agency's object: that it is one of the agency's locations. */
    readonly agency: { readonly locations: number };
    /** Bulk recoveries: names, and how they went. */
    readonly jobs: { readonly targets: number };
    /** Events that no address took: dead letters. */
    readonly events: { readonly dead: number };
  };
  /** What remains, and until when, ISO 8601. */
  readonly remains: {
    /** The id, and when it was forgotten, so that nothing under way brings it back. */
    readonly tombstone: {
      readonly in: readonly ["object", "kv", "directory"];
      readonly until: string;
    };
    /** Of an agency: connections that are held, and know whose locations they are. */
    readonly locations: { readonly held: number };
    /** Bulk recoveries that have it among their targets, by its id. */
    readonly jobs: { readonly targets: number };
    /** Events on their way to your addresses: sealed, for three days at most, and then as dead letters for 14 more. */
    readonly events: { readonly waiting: number };
  };
}

/** Bulk recoveries that are asked: each is one call of its object, of which Cloudflare allows 1,000. They are listed for 60 days at most. */
const MOST_JOBS = 700;
const JOBS_PAGE = 100;

/**
 * Erases a connection wherever this worker has something of it. Where that fails half-way, doing it again goes on: the receipt then
 * counts what was left.
 */
export async function eraseEverywhere(
  app: ReconnectApp,
  target: ConnectionTarget,
): Promise<ErasureReceipt> {
  const { object, agency, tombstoneUntil } = resultOrError(await app.connection(target).erase());
  const directory = await app.directory().erase(kindAndId(target));
  const held = await heldOf(app, target);
  const targets = await eraseInJobs(app, target);
  const { dead, waiting } = await eraseInEvents(app, target);
  return {
    target,
    erasedAt: new Date().toISOString(),
    erased: {
      object,
      kv: { tokens: object.tokens },
      directory,
      agency,
      jobs: { targets },
      events: { dead },
    },
    remains: {
      tombstone: { in: ["object", "kv", "directory"], until: new Date(tombstoneUntil).toISOString() },
      locations: { held },
      jobs: { targets },
      events: { waiting },
    },
  };
}

async function heldOf(app: ReconnectApp, { companyId }: ConnectionTarget): Promise<number> {
  return companyId === undefined ? 0 : (await app.directory().counts({ companyId, kind: "location" })).total;
}

async function eraseInJobs(app: ReconnectApp, target: ConnectionTarget): Promise<number> {
  let [erased, asked] = [0, 0];
  let cursor: string | undefined;
  do {
    const page = await app.directory().jobs(defined({ limit: JOBS_PAGE, cursor }));
    const had = await Promise.all(
      page.recoveries.map(async ({ id }) => await app.job(id).erase(kindAndId(target))),
    );
    erased += had.filter(Boolean).length;
    asked += had.length;
    cursor = page.cursor;
  } while (cursor !== undefined && asked < MOST_JOBS);
  return erased;
}

async function eraseInEvents(
  app: ReconnectApp,
  target: ConnectionTarget,
): Promise<{ readonly dead: number; readonly waiting: number }> {
  let [dead, waiting] = [0, 0];
  for (const { api } of await keepersOf(app)) {
    const counts = await api.erase(target);
    dead += counts.dead;
    waiting += counts.waiting;
  }
  return { dead, waiting };
}
