import { defined } from "../../oauth/host.ts";
import type { JobProgress } from "../recovery_job/job_api.ts";
import { type KindAndId, kindAndId } from "../kind_and_id.ts";
import type { LostStatus } from "./agency_plan.ts";
import { ConnectionRows } from "./connection_rows.ts";
import type { DirectorySql } from "./directory_sql.ts";
import { NamedList } from "./named_list.ts";
import { placeOf } from "./status_order.ts";

/** Connections that are lost for one cause. */
export interface LostGroup {
  /** Where they stand. */
  readonly status: LostStatus;
  /** Why: a code, and after a slash its reason; `""` where nobody knows. */
  readonly cause: string;
  /** How many. */
  readonly count: number;
  /** Since when nine in ten of them are lost, ms: what had been lost for weeks does not hide when this began. */
  readonly since?: number;
}

/** An agency with lost connections. */
export interface LostAgency {
  /** Its id. */
  readonly companyId: string;
  /** Its name, where one is known. */
  readonly name?: string;
  /** How many of its connections are lost; at least, where {@linkcode Situation.isWhole} is `false`. */
  readonly count: number;
}

/** What is wrong, as one asks on the day of an incident. */
export interface Situation {
  /** What is lost, by cause; the most first. */
  readonly groups: readonly LostGroup[];
  /** The agencies concerned, those with the most lost connections first; {@linkcode NAMED_AGENCIES} at most. */
  readonly agencies: readonly LostAgency[];
  /** How many agencies are concerned. */
  readonly agencyCount: number;
  /** Whether every lost connection was looked at for the agencies: of very many, only those that are lost longest are. */
  readonly isWhole: boolean;
  /** When HighLevel last said that its Reconnect endpoint is removed, ms; absent where it did not, or took that back. */
  readonly removedAt?: number;
  /** Bulk recoveries that have not come to their end, as they stood when their status changed last; newest first. */
  readonly jobs: readonly JobProgress[];
  /** Refresh tokens that end within weeks, as the last daily round found. */
  readonly ending: number;
  /** The first of them. */
  readonly firstEnding: readonly KindAndId[];
}

/** The methods of the directory for whoever asks what is wrong. */
export interface SituationApi {
  /** What is wrong. Reads a few thousand rows at most, however many connections there are. */
  situation(): Promise<Situation>;
}

/** Lost connections of one status that are looked at. */
const LOOKED_AT = 1_000;
/** Agencies that are told by name. */
export const NAMED_AGENCIES = 3;
/** Jobs that are told of. */
const JOBS = 5;
/** Connections told of whose refresh tokens end soon. */
const FIRST_ENDING = 5;

/** Reads the situation at `now`, ms. */
export function readSituation(sql: DirectorySql, now: number): Situation {
  const rows = (query: string, ...values: (string | number)[]): Record<string, unknown>[] =>
    sql.exec(query, ...values).toArray();
  const groups = (["broken", "reauthorization_required"] as const).flatMap((status) => {
    const place = placeOf(status);
    const lost = rows(
      "SELECT companyId, ifnull(cause, '') AS cause, -sinceDesc AS since FROM connections WHERE status = ? ORDER BY sinceDesc DESC LIMIT ?",
      place,
      LOOKED_AT,
    );
    const counted = rows(
      "SELECT cause, sum(n) AS n FROM counters WHERE status = ? AND n > 0 GROUP BY cause",
      place,
    );
    return counted.map((row) => {
      const cause = String(row.cause);
      const own = lost.filter((one) => one.cause === cause);
      return { status, cause, count: Number(row.n), own };
    });
  });
  const looked = groups.flatMap(({ own }) => own);
  const agencies = agenciesIn(looked.map(({ companyId }) => companyId));
  const named = agencies.slice(0, NAMED_AGENCIES);
  const names = new ConnectionRows(sql).companyNames(named.map(({ companyId }) => companyId));
  const [note] = rows(
    "SELECT value FROM notes WHERE key GLOB 'app/*/reconnect' AND (dropAt IS NULL OR dropAt > ?)",
    now,
  );
  const jobs = rows(
    `SELECT progress FROM jobs WHERE progress ->> 'status' IN ('listing', 'running', 'waiting', 'paused')
      ORDER BY at DESC LIMIT ?`,
    JOBS,
  ).map(({ progress }): JobProgress => JSON.parse(String(progress)));
  const ending = new NamedList(sql, "ending");
  return defined({
    groups: groups.map(({ status, cause, count, own }) =>
      defined({ status, cause, count, since: sinceOf(own.map(({ since }) => Number(since)), count) })
    ).sort((one, other) => other.count - one.count),
    agencies: named.map((agency) => defined({ ...agency, name: names[agency.companyId] })),
    agencyCount: agencies.length,
    isWhole: looked.length === groups.reduce((sum, { count }) => sum + count, 0),
    removedAt: note && updatedAtIn(String(note.value)),
    jobs,
    ending: ending.count(),
    firstEnding: ending.first(FIRST_ENDING).map(kindAndId),
  });
}

/**
 * Since when nine in ten of `count` are lost, where `moments`, the oldest first, are those of the ones lost longest; `undefined` where
 * none is known.
 */
export function sinceOf(moments: readonly number[], count: number): number | undefined {
  return moments[Math.min(Math.floor(count / 10), moments.length - 1)];
}

/** The agencies among `ids`, those that are named most often first. */
export function agenciesIn(
  ids: readonly unknown[],
): { readonly companyId: string; readonly count: number }[] {
  const counts = new Map<string, number>();
  for (const id of ids) {
    if (typeof id === "string") counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  return [...counts].map(([companyId, count]) => ({ companyId, count }))
    .sort((one, other) => other.count - one.count || (one.companyId < other.companyId ? -1 : 1));
}

function updatedAtIn(note: string): number | undefined {
  const { summary }: { summary?: { updatedAt?: unknown } } = JSON.parse(note);
  return typeof summary?.updatedAt === "number" ? summary.updatedAt : undefined;
}
