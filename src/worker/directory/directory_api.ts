import type { HighLevelErrorCode, HighLevelErrorReason } from "../../oauth/mod.ts";
import type { ConnectionStatus } from "../../stores/mod.ts";
import type { RelinkApi } from "./campaign_api.ts";
import type { ChangeType } from "./change_type.ts";
import type { RowKey } from "./connection_rows.ts";
import type { DirectoryMetricsApi } from "./directory_metrics.ts";
import type { EventAddressesApi } from "./event_addresses.ts";
import type { ErasedRow } from "./erase_row.ts";
import type { KeyList } from "./known_keys.ts";
import type { KindAndId } from "../kind_and_id.ts";
import type { ListedJobsApi } from "./listed_jobs.ts";
import type { SharedNotesApi } from "./shared_notes.ts";
import type { SituationApi } from "./situation.ts";

/** Why a connection is not connected: a code, and what HighLevel's words add to it. */
export type DirectoryCause = HighLevelErrorCode | `${HighLevelErrorCode}/${HighLevelErrorReason}`;

/** Where a row stands; `"forgotten"` takes it out of the directory. */
export type DirectoryStatus = ConnectionStatus | "forgotten";

/** Who brought a connection back: a person who authorised the app, its agency's token, or it came back by itself. */
export type ReturnedBy = "person" | "agency" | "itself";

/** What the directory keeps of one connection. Never a token. */
export interface DirectoryRow {
  /** Of a location, or of a company. */
  readonly kind: "location" | "company";
  /** The id of the location or company. */
  readonly id: string;
  /** A name for people, where one is known. */
  readonly name?: string;
  /** The agency of a location, where it is known. */
  readonly companyId?: string;
  /** The installed version of the app, where it is known. */
  readonly versionId?: string;
  /** Whether its agency sells under a white label, where that is known. */
  readonly isWhiteLabel?: boolean;
  /** Whether its name was given by hand or with an import: HighLevel's does not take its place. */
  readonly isNameGiven?: boolean;
  /** Where it stands. */
  readonly status: DirectoryStatus;
  /** Why it is not connected. */
  readonly cause?: DirectoryCause;
  /** HighLevel's trace id of that trouble. */
  readonly traceId?: string;
  /** Since when it stands there, ms. */
  readonly since: number;
  /** When a link of it was last made for somebody, ms: asked for by itself, or among many. */
  readonly linkMadeAt?: number;
  /** When somebody last went on from a link of it to HighLevel, ms. */
  readonly linkOpenedAt?: number;
  /** When it last got tokens in another way than by a plain refresh, ms. */
  readonly returnedAt?: number;
  /** Who brought them. */
  readonly returnedBy?: ReturnedBy;
}

/** One change that is counted by the hour. */
export interface DirectoryChange {
  /** What changed. */
  readonly type: ChangeType;
  /** When, ms. */
  readonly at: number;
}

/**
 * What an alert is about: a person is needed; trouble has lasted for an hour; it is over; or the object's SQLite takes no writes, so
 * that the token that is held serves as long as it lives, and is not replaced.
 */
export type AlertKind = "reauthorization_required" | "broken" | "back" | "not_stored";

/** Something that people are told about one connection. Carries no token. */
export interface DirectoryAlert {
  /** What it is about. */
  readonly kind: AlertKind;
  /** When, ms. */
  readonly at: number;
  /** Why. */
  readonly code?: DirectoryCause;
  /** HighLevel's trace id. */
  readonly traceId?: string;
  /** Where a person authorises the app again. */
  readonly authorizationUrl?: string;
}

/** One report of a connection's object: its row now, and what changed since the last report. */
export interface DirectoryReport {
  /** The whole row: what is absent here is not known. */
  readonly row: DirectoryRow;
  /**
   * Grows with every report of one object, also over its death (`Math.max(Date.now(), last + 1)` does): a repeated report
   * counts nothing twice, and one that was overtaken changes nothing.
   */
  readonly seq: number;
  /** What changed since the last report. */
  readonly changes: readonly DirectoryChange[];
  /** What is counted in sums, and happened since an earlier report. */
  readonly counts?: { readonly refreshed: number; readonly failed: Readonly<Record<string, number>> };
  /** What people are to be told. */
  readonly alert?: DirectoryAlert;
}

/**
 * In which order rows are listed: as they became known; what needs somebody first, and of each status what changed last; by
 * name; what changed last.
 */
export type DirectoryOrder = "known" | "status" | "name" | "since";

/** Which rows are meant. Everything given must hold. */
export interface DirectoryFilter {
  /** Words of a name in any order and spelling, an id, or an agency's id. */
  readonly q?: string;
  /** Of locations, or of companies. */
  readonly kind?: "location" | "company";
  /** Where they stand. */
  readonly status?: ConnectionStatus;
  /** The agency, with its locations. */
  readonly companyId?: string;
  /** Why they are not connected. */
  readonly cause?: string;
  /** Since when at the earliest they stand where they stand, ms. */
  readonly from?: number;
}

/** What {@linkcode DirectoryApi.list} is asked for. */
export interface DirectoryQuery extends DirectoryFilter {
  /**
   * In which order.
   * @default {"status" where a status is asked for, else "known"}
   */
  readonly order?: DirectoryOrder;
  /**
   * Rows on one page, 1 to 1,000.
   * @default {100}
   */
  readonly limit?: number;
  /** `cursor` or `previous` of another page, asked with the same filter and order. Stays good while rows come and go. */
  readonly cursor?: string;
}

/** A row that is kept: with every status but `"forgotten"`. */
export interface KeptRow extends Omit<DirectoryRow, "status" | "cause"> {
  /** Where it stands. */
  readonly status: ConnectionStatus;
  /** Why it is not connected: a {@linkcode DirectoryCause}, of this version or of another. */
  readonly cause?: string;
}

/** A row as lists show it. */
export interface ListedRow extends KeptRow {
  /** When this row last changed, ms. */
  readonly updatedAt: number;
}

/** One page of rows. */
export interface DirectoryPage {
  /** The rows. */
  readonly rows: readonly ListedRow[];
  /** How many rows are meant on all pages, exactly. */
  readonly total: number;
  /** Asks for the next page; absent on the last one. */
  readonly cursor?: string;
  /** Asks for the page before this one; absent on the first one. */
  readonly previous?: string;
  /** `false` while the directory is being built anew: rows may be missing. */
  readonly isComplete: boolean;
}

/** How many rows there are, by what. */
export interface DirectoryCounts {
  /** All rows that are meant. */
  readonly total: number;
  /** By status. */
  readonly byStatus: Readonly<Record<ConnectionStatus, number>>;
  /** By kind. */
  readonly byKind: Readonly<Record<"location" | "company", number>>;
  /** Of what is not connected, by cause; the most frequent first. */
  readonly byCause: readonly { readonly cause: string; readonly count: number }[];
  /** `false` while the directory is being built anew: rows may be missing. */
  readonly isComplete: boolean;
}

/** Counts of one hour. */
export interface ActivityHour {
  /** Start of the hour, ms. */
  readonly hour: number;
  /** What changed, with how often. */
  readonly counts: Readonly<Partial<Record<ChangeType, number>>>;
}

/** How far the daily sweep, or the building anew, has come. */
export interface SweepProgress {
  /** Which part is under way; `"idle"` between sweeps. */
  readonly part: "idle" | "kv" | "agencies";
  /** When the last whole sweep ended, ms; absent where none did yet. */
  readonly endedAt?: number;
  /** Keys that this sweep, or the last one, has seen in KV. */
  readonly keys: number;
  /** Connections that it woke. */
  readonly woken: number;
}

/** The methods of the directory's Durable Object. It decides nothing about tokens. */
export interface DirectoryApi
  extends SharedNotesApi, ListedJobsApi, EventAddressesApi, DirectoryMetricsApi, RelinkApi, SituationApi {
  /** Takes reports. Once this resolves they are kept; one that is repeated changes nothing. */
  report(reports: readonly DirectoryReport[]): Promise<void>;
  /** One page of rows. */
  list(query: DirectoryQuery): Promise<DirectoryPage>;
  /** How many rows are meant, exactly. */
  counts(filter?: DirectoryFilter): Promise<DirectoryCounts>;
  /** Everything known by name behind `after`, `limit` at most: what is exported, and sealed anew. */
  keys(options: { readonly after?: RowKey; readonly limit: number }): Promise<KeyList>;
  /** Removes all that is kept of a connection, but that it went: its row, its words, alerts about it. */
  erase(key: RowKey): Promise<ErasedRow>;
  /** Counts of the hours since `from` (ms), oldest first. */
  hours(from: number): Promise<readonly ActivityHour[]>;
  /** Notes that links of connections were made at `at`, ms. What has no row is passed over. */
  noteLinksMade(connections: readonly KindAndId[], at: number): Promise<void>;
  /** Starts the daily sweep, which the object's alarm then carries on page by page. One under way goes on. */
  startSweep(): Promise<void>;
  /** How far the sweep has come. */
  sweepProgress(): Promise<SweepProgress>;
  /** Every hour that is kept, for the object that takes this one's place. */
  handOver(): Promise<readonly ActivityHour[]>;
}
