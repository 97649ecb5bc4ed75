import type { Connection } from "../../connections/connection.ts";
import { REFRESH_TOKEN_MS } from "../../connections/record.ts";
import type { ConnectionStatus } from "../../stores/status.ts";
import { moment } from "../terminal/texts.ts";
import { type Finding, finding } from "./finding.ts";

/** Connections that are looked at, at most. */
export const MOST_LOOKED_AT = 100_000;
/** Agencies that are named. */
const MOST_NAMED = 5;
const DAY_MS = 86_400_000;
/** A refresh token is told of so long before its end, ms. */
const SOON_MS = 30 * DAY_MS;
/** An access token that ended so long ago is used by nobody, and kept by nobody, ms. */
const IDLE_MS = 2 * DAY_MS;

/** What is held, counted. */
export interface Holdings {
  /** Connections looked at. */
  readonly total: number;
  /** Whether these are all. */
  readonly isAll: boolean;
  /** Connections by status. */
  readonly statuses: Readonly<Record<ConnectionStatus, number>>;
  /** Locations by their agency; under `""` those whose agency is not known. */
  readonly locations: ReadonlyMap<string, number>;
  /** Agencies held, and where each stands. */
  readonly agencies: ReadonlyMap<string, ConnectionStatus>;
  /** Refresh tokens that end within 30 days, and when the first does, ms. */
  readonly ending: { readonly count: number; readonly firstAt: number };
  /** Access tokens that ended days ago, and when the first did, ms. */
  readonly idle: { readonly count: number; readonly firstAt: number };
}

/** Counts `connections` as they stand at `now`, ms. Memory grows with the agencies alone. */
export async function holdingsOf(connections: AsyncIterable<Connection>, now: number): Promise<Holdings> {
  const statuses = { connected: 0, broken: 0, paused: 0, reauthorization_required: 0 };
  const locations = new Map<string, number>();
  const agencies = new Map<string, ConnectionStatus>();
  let [ending, idle] = [{ count: 0, firstAt: Infinity }, { count: 0, firstAt: Infinity }];
  let total = 0;
  let isAll = true;
  for await (const { target, status, companyId = "", expiresAt, refreshTokenIssuedAt } of connections) {
    if (total === MOST_LOOKED_AT) {
      isAll = false;
      break;
    }
    total++;
    statuses[status]++;
    if (target.locationId === undefined) agencies.set(target.companyId, status);
    else locations.set(companyId, (locations.get(companyId) ?? 0) + 1);
    const endsAt = (refreshTokenIssuedAt?.getTime() ?? Infinity) + REFRESH_TOKEN_MS;
    if (status === "connected" && endsAt < now + SOON_MS) {
      ending = { count: ending.count + 1, firstAt: Math.min(ending.firstAt, endsAt) };
    }
    const ended = expiresAt?.getTime() ?? Infinity;
    if (status === "connected" && ended > 0 && ended < now - IDLE_MS) {
      idle = { count: idle.count + 1, firstAt: Math.min(idle.firstAt, ended) };
    }
  }
  return { total, isAll, statuses, locations, agencies, ending, idle };
}

/** What can be said of what is held: what ends, who brings back whom, and who has to click. */
export function findingsOf(
  { total, isAll, statuses, locations, agencies, ending, idle }: Holdings,
): Finding[] {
  const { reauthorization_required: needed, broken } = statuses;
  return [
    idle.count > 0
      ? finding("renewal", "hint", ({ overdue }) => overdue(idle.count, moment(idle.firstAt)), {
        idle: idle.count,
      })
      : finding("renewal", "ok", ({ renewal }) => renewal, { idle: 0 }),
    ending.count > 0
      ? finding(
        "refresh_tokens",
        "look",
        ({ refreshTokensEnd }) => refreshTokensEnd(ending.count, moment(ending.firstAt).slice(0, 10)),
        { ending: ending.count, firstAt: new Date(ending.firstAt) },
      )
      : finding("refresh_tokens", "ok", ({ refreshTokens }) => refreshTokens, { ending: 0 }),
    coverageOf(locations, agencies),
    needed + broken > 0
      ? finding("people", "look", ({ people }) => people(needed, broken), { needPerson: needed, broken })
      : finding("people", "ok", ({ nobody }) => nobody, { needPerson: 0, broken: 0 }),
    ...isAll ? [] : [finding("directory", "hint", ({ lookedAt }) => lookedAt(total))],
  ];
}

/** How many locations have an agency that is connected, and can mint their tokens when all else fails. */
function coverageOf(locations: Holdings["locations"], agencies: Holdings["agencies"]): Finding {
  let [all, covered, unknown, notHeld, lost] = [0, 0, 0, 0, 0];
  const lacking: [id: string, count: number][] = [];
  for (const [companyId, count] of locations) {
    all += count;
    const status = agencies.get(companyId);
    if (status === "connected") {
      covered += count;
      continue;
    }
    if (companyId === "") unknown += count;
    else if (status === undefined) notHeld += count;
    else lost += count;
    if (companyId !== "") lacking.push([companyId, count]);
  }
  const facts = { locations: all, covered, agencyUnknown: unknown, agencyNotHeld: notHeld, agencyLost: lost };
  if (all === 0) return finding("agencies", "ok", ({ noLocations }) => noLocations, facts);
  const named = lacking.sort(([, one], [, other]) => other - one).slice(0, MOST_NAMED).map(([id]) => id);
  return finding("agencies", covered === all ? "ok" : "hint", (doctor) =>
    [
      doctor.coverage(covered, all),
      covered < all && `${doctor.uncovered(unknown, notHeld, lost)}.`,
      named.length > 0 && doctor.agenciesToConnect(named, lacking.length - named.length),
    ].filter(Boolean).join(" "), facts);
}
