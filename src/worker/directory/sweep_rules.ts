import { REFRESH_TOKEN_MS } from "../../connections/host.ts";
import { defined } from "../../oauth/host.ts";
import type { RecordSummary } from "../../stores/mod.ts";
import { shortName } from "../connection/short_name.ts";
import type { GoneRow, HeldRow, RowKey } from "./connection_rows.ts";
import type { KeptRow } from "./directory_api.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** A token that ended this long ago, ms, should have been refreshed long before: nobody works on that connection. */
const OVERDUE_MS = 30 * MINUTE_MS;
/** A refresh token unused for longer than this nears the end of its year, ms. */
const OLD_TOKEN_MS = 330 * DAY_MS;
/** A tombstone is not needed after this, ms: KV should have dropped it after 90 days. */
const OLD_TOMBSTONE_MS = 91 * DAY_MS;
/** A location's name is asked for once in so many days: one that is known, and one that is not. */
const NAMED_DAYS = 28;
const UNNAMED_DAYS = 7;
/** A row may be younger than what KV lists, by this, ms. */
const KV_LAG_MS = HOUR_MS;
/** What one sweep did not find, and the next one, this much later, ms, neither, is not there. */
const STILL_MISSING_MS = 20 * HOUR_MS;

/** A key of KV beside what the directory has of it. */
export interface SweptKey {
  /** Which connection. */
  readonly key: RowKey;
  /** What KV's metadata tell. */
  readonly summary: RecordSummary;
  /** The directory's row. */
  readonly held: HeldRow | undefined;
  /** What the directory remembers where it let go of the row. */
  readonly gone: GoneRow | undefined;
}

/** What follows from a key. */
export type Finding =
  /** The row is written; with `look`, the connection's object is asked for what KV does not tell. */
  | { readonly do: "put"; readonly row: KeptRow; readonly look: boolean }
  /** The row goes. */
  | { readonly do: "remove" }
  /** KV has it again. */
  | { readonly do: "found" }
  /** Nobody refreshed it in time: its object is woken. `isUnexplained`: nothing is known that kept it from that. */
  | { readonly do: "wake"; readonly isUnexplained: boolean }
  /** Its refresh token ends within weeks. */
  | { readonly do: "warn" }
  /** Its tombstone has done its work. */
  | { readonly do: "erase" };

/** What follows from one key of KV. The directory's row stands unless KV tells something younger. */
export function findingsOf({ key, summary, held, gone }: SweptKey, now: number): Finding[] {
  const { status, updatedAt, expiresAt, refreshTokenIssuedAt } = summary;
  if (status === undefined) return [];
  if (status === "forgotten") {
    return [
      ...(held ? held.updatedAt <= updatedAt : !gone) ? [{ do: "remove" } as const] : [],
      ...now - updatedAt > OLD_TOMBSTONE_MS ? [{ do: "erase" } as const] : [],
    ];
  }
  if (!held && gone && gone.at >= updatedAt) return []; // KV is late
  const findings: Finding[] = [];
  if (held?.missingSince !== undefined) findings.push({ do: "found" });
  const isOther = !held || held.status !== status && updatedAt > held.updatedAt;
  const isFuller = held !== undefined &&
    (held.name === undefined && summary.name !== undefined ||
      key.kind === "location" && held.companyId === undefined && summary.companyId !== undefined);
  if (isOther || isFuller) {
    const { name = held?.name, companyId = held?.companyId } = summary;
    const { versionId, isWhiteLabel } = held ?? {};
    const row: KeptRow = isOther || !held
      ? defined({ ...key, name, companyId, versionId, isWhiteLabel, status, since: updatedAt })
      : { ...rowIn(held), ...defined({ name, companyId }) };
    findings.push({ do: "put", row, look: isOther && status !== "connected" });
  }
  if (status === "connected" && expiresAt !== undefined && now - expiresAt > OVERDUE_MS) {
    // Of trouble the directory knows, and people hear by alerts.
    findings.push({ do: "wake", isUnexplained: held === undefined || held.status === "connected" });
  }
  const age = refreshTokenIssuedAt === undefined ? 0 : now - refreshTokenIssuedAt;
  // Of the others people hear by alerts, and their tokens are mostly dead already.
  const isHeld = status === "connected" || status === "paused";
  if (isHeld && age > OLD_TOKEN_MS && age < REFRESH_TOKEN_MS) findings.push({ do: "warn" });
  return findings;
}

/**
 * What follows for a row that a sweep, begun at `startedAt`, does not find in KV: its object is woken, which writes what KV
 * lacks; where the next sweep does not find it either, there is nothing.
 */
export function findingOfMissing(held: HeldRow, startedAt: number): "wake" | "drop" | "wait" {
  if (held.missingSince === undefined) return held.updatedAt < startedAt - KV_LAG_MS ? "wake" : "wait";
  return held.missingSince <= startedAt - STILL_MISSING_MS ? "drop" : "wait";
}

/**
 * Whether HighLevel is to be asked today what the location of `row` is called: where no name is known, once in 7 days; else once in
 * 28, each location on a day of its own, so that nothing needs to be remembered. Where its agency is connected
 * (`isListed`), the agency's list tells of another name.
 */
export function isNameDue(row: KeptRow, isListed: boolean, now: number): boolean {
  const { kind, id, status, isNameGiven = false } = row;
  if (kind === "company" || status !== "connected" || isNameGiven) return false;
  const days = isNameless(row) ? UNNAMED_DAYS : NAMED_DAYS;
  const ownDay = [...id].reduce((sum, letter) => sum + letter.charCodeAt(0), 0);
  return (isNameless(row) || !isListed) && (Math.floor(now / DAY_MS) + ownDay) % days === 0;
}

/** Whether the row is of a connected location that has no name yet. */
export function isNameless({ kind, name, status }: KeptRow): boolean {
  return kind === "location" && status === "connected" && name === undefined;
}

/** Whether a list calls the connection of `row` otherwise, and nobody gave it its name. */
export function isOtherName(row: KeptRow, listed: string): boolean {
  const name = shortName(listed);
  return name !== undefined && name !== row.name && !row.isNameGiven;
}

/** The row without what only the directory knows. */
function rowIn(held: HeldRow): KeptRow {
  const { n: _n, seq: _seq, missingSince: _missing, updatedAt: _at, ...row } = held;
  return row;
}
