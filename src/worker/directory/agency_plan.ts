import { type AgencyStanding, type WayBack, wayBack } from "../../connections/host.ts";
import { defined, orUndefined } from "../../oauth/host.ts";
import type { ConnectionStatus } from "../../stores/mod.ts";
import { type KindAndId, kindAndId } from "../kind_and_id.ts";
import { textIn } from "../durable/cells.ts";
import type { DirectorySql, SqlValue } from "./directory_sql.ts";
import { placeOf, STATUS_ORDER, statusAt } from "./status_order.ts";

/** Statuses that a person's click ends. */
export type LostStatus = "broken" | "reauthorization_required";

/** An agency that brings back locations of its own. */
export interface PlannedAgency {
  /** Its id. */
  readonly companyId: string;
  /** Its name, where one is known. */
  readonly name?: string;
  /** `"lost"`: a person authorises the app for it once. `"connected"`: its locations are brought back without anybody. */
  readonly state: "connected" | "lost";
  /** How many of its locations are lost and come back with it; 0 where only the agency itself is lost. */
  readonly locations: number;
}

/** A location that only a person of its own brings back. */
export interface PlannedLocation {
  /** Its id. */
  readonly locationId: string;
  /** Its name, where one is known. */
  readonly name?: string;
  /** Its agency, where one is known. */
  readonly companyId?: string;
  /** The agency's name, where one is known. */
  readonly agency?: string;
  /** Why it is lost: an error's code, and after a slash its reason. */
  readonly cause?: string;
  /** Since when, ms. */
  readonly since: number;
}

/** Who brings back what is lost. */
export interface AgencyPlan {
  /** Agencies, those with the most locations first; on the first page only. */
  readonly agencies: readonly PlannedAgency[];
  /** Locations that no agency brings back, lost last first. */
  readonly alone: readonly PlannedLocation[];
  /** Lost locations in all. */
  readonly locations: number;
  /** Those that come back without anybody, with an agency, or by a person of their own. */
  readonly ways: Readonly<Record<WayBack, number>>;
  /** Asks for more of `alone`; absent on the last page. */
  readonly cursor?: string;
  /** `false` while the directory is being built anew: some may be missing. */
  readonly isComplete: boolean;
}

/** Who is asked to click: agencies that were lost, and locations that none brings back. */
export function askedIn({ agencies, alone }: Pick<AgencyPlan, "agencies" | "alone">): readonly KindAndId[] {
  return [...agencies.filter(({ state }) => state === "lost"), ...alone].map(kindAndId);
}

/** What a plan is asked for. */
export interface PlanQuery {
  /** Which lost connections. */
  readonly status: LostStatus;
  /** Only this agency and its locations. */
  readonly companyId?: string;
  /** Locations of `alone` on one page. */
  readonly limit: number;
  /** The `cursor` of the page before. */
  readonly cursor?: string;
}

/** Agencies told of at most: more than that nobody calls by telephone. */
const MOST_AGENCIES = 10_000;

/**
 * How the agency `a` of a location `l` stands: `standing` is the place of its status, -1 where it has no row; `tried`, whether the
 * location's row was told anew since the agency is connected.
 */
export const STANDING = "ifnull(a.status, -1) AS standing, ifnull(l.updatedAt > -a.sinceDesc, 0) AS tried";

/** Lost locations, each beside how its agency stands. The values of {@linkcode lostValues} belong to it. */
export const LOST_LOCATIONS = `(
  SELECT l.n, l.id, l.name, l.companyId, l.cause, l.sinceDesc, a.name AS agency, ${STANDING}
  FROM connections l LEFT JOIN connections a ON a.kind = 'company' AND a.id = l.companyId
  WHERE l.status = ?1 AND +l.kind = 'location' AND (?2 IS NULL OR l.companyId = ?2)
)`;

/** The values of {@linkcode LOST_LOCATIONS}. */
export function lostValues({ status, companyId }: Pick<PlanQuery, "status" | "companyId">): SqlValue[] {
  return [placeOf(status), companyId ?? null];
}

/** The condition of {@linkcode LOST_LOCATIONS} that come back in one of `ways`, as the rule has it. */
export function comesBack(...ways: readonly WayBack[]): string {
  const cases = ([...STATUS_ORDER, "unknown"] as const).flatMap((status) =>
    [false, true].filter((isTried) => ways.includes(wayBack({ status, isTried }))).map((isTried) =>
      `(${status === "unknown" ? -1 : placeOf(status)}, ${Number(isTried)})`
    )
  );
  return `(standing, tried) IN (VALUES ${cases.join(", ")})`;
}

/** Lost agencies of the status, with or without lost locations. The values are {@linkcode lostValues}'. */
export const LOST_AGENCIES =
  `SELECT id, name FROM connections WHERE status = ?1 AND +kind = 'company' AND (?2 IS NULL OR id = ?2)`;

/** The plan that the rows of `sql` make: agency first. Writes nothing. */
export function agencyPlan(sql: DirectorySql, query: PlanQuery): Omit<AgencyPlan, "isComplete"> {
  const values = lostValues(query);
  const { limit } = query;
  const after = placeIn(query.cursor);
  const found = sql.exec(
    `SELECT * FROM ${LOST_LOCATIONS} WHERE ${comesBack("person")} AND (sinceDesc, n) > (?3, ?4)
      ORDER BY sinceDesc, n LIMIT ?5`,
    ...values,
    ...after ?? [-Number.MAX_SAFE_INTEGER, 0],
    limit + 1,
  ).toArray();
  const last = found.length > limit ? found[limit - 1] : undefined;
  const ways = waysOf(sql, values);
  return {
    agencies: after ? [] : agenciesOf(sql, values),
    alone: found.slice(0, limit).map(plannedLocation),
    locations: ways.itself + ways.agency + ways.person,
    ways,
    ...(last && { cursor: JSON.stringify([last.sinceDesc, last.n]) }),
  };
}

/** The place that a plan's cursor names; `undefined` where it names none. */
export function placeIn(cursor: string | undefined): readonly [number, number] | undefined {
  const parsed = orUndefined<unknown>(() => JSON.parse(cursor ?? ""));
  if (!Array.isArray(parsed) || parsed.length !== 2) return undefined;
  const [sinceDesc, n]: unknown[] = parsed;
  return typeof sinceDesc === "number" && typeof n === "number" ? [sinceDesc, n] : undefined;
}

function waysOf(sql: DirectorySql, values: readonly SqlValue[]): Record<WayBack, number> {
  const ways = { itself: 0, agency: 0, person: 0 };
  const rows = sql.exec(
    `SELECT standing, tried, count(*) AS n FROM ${LOST_LOCATIONS} GROUP BY 1, 2`,
    ...values,
  );
  for (const row of rows.toArray()) ways[wayBack(standingIn(row))] += Number(row.n);
  return ways;
}

/** The cells of {@linkcode STANDING}. */
export function standingIn({ standing, tried }: Record<string, unknown>): AgencyStanding {
  return { status: standing === -1 ? "unknown" : statusAt(standing), isTried: tried === 1 };
}

function agenciesOf(sql: DirectorySql, values: readonly SqlValue[]): PlannedAgency[] {
  const connected = placeOf("connected" satisfies ConnectionStatus);
  return sql.exec(
    `SELECT companyId, max(name) AS name, max(isConnected) AS isConnected, sum(n) AS n FROM (
      SELECT companyId, agency AS name, standing = ${connected} AS isConnected, count(*) AS n
      FROM ${LOST_LOCATIONS} WHERE ${comesBack("itself", "agency")} GROUP BY companyId
      UNION ALL SELECT id, name, 0, 0 FROM (${LOST_AGENCIES})
    ) GROUP BY companyId ORDER BY n DESC, companyId LIMIT ${MOST_AGENCIES}`,
    ...values,
  ).toArray().map(({ companyId, name, isConnected, n }) =>
    defined({
      companyId: String(companyId),
      name: textIn(name),
      state: isConnected === 1 ? "connected" as const : "lost" as const,
      locations: Number(n),
    })
  );
}

function plannedLocation(
  { id, name, companyId, agency, cause, sinceDesc }: Record<string, unknown>,
): PlannedLocation {
  return defined({
    locationId: String(id),
    name: textIn(name),
    companyId: textIn(companyId),
    agency: textIn(agency),
    cause: textIn(cause),
    since: -Number(sinceDesc),
  });
}
