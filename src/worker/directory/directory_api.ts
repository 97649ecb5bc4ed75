import type { HighLevelErrorCode, HighLevelErrorReason } from "../../oauth/highlevel_error.ts";
import type { ConnectionStatus } from "../../stores/status.ts";
import type { ChangeType } from "./change_type.ts";

/** Why a connection is not connected: a code, and what HighLevel's words add to it. */
export type DirectoryCause = HighLevelErrorCode | `${HighLevelErrorCode}/${HighLevelErrorReason}`;

/** Where a row stands; `"forgotten"` takes it out of the directory. */
export type DirectoryStatus = ConnectionStatus | "forgotten";

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
  /** Where it stands. */
  readonly status: DirectoryStatus;
  /** Why it is not connected. */
  readonly cause?: DirectoryCause;
  /** HighLevel's trace id of that trouble. */
  readonly traceId?: string;
  /** Since when it stands there, ms. */
  readonly since: number;
}

/** One change that is counted by the hour. */
export interface DirectoryChange {
  /** What changed. */
  readonly type: ChangeType;
  /** When, ms. */
  readonly at: number;
}

/** What an alert is about. */
export type AlertKind = "reauthorization_required" | "broken" | "back";

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
  /** What people are to be told. */
  readonly alert?: DirectoryAlert;
}

/** In which order rows are listed: by kind and id; what needs somebody first; by name; what changed last first. */
export type DirectoryOrder = "key" | "status" | "name" | "since";

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
}

/** What {@linkcode DirectoryApi.list} is asked for. */
export interface DirectoryQuery extends DirectoryFilter {
  /**
   * In which order.
   * @default {"key"}
   */
  readonly order?: DirectoryOrder;
  /**
   * Rows on one page, 1 to 1,000.
   * @default {100}
   */
  readonly limit?: number;
  /** The `cursor` of the page before, asked with the same filter and order. Stays good while rows come and go. */
  readonly cursor?: string;
}

/** A row as lists show it. */
export interface ListedRow extends DirectoryRow {
  /** Where it stands; what was forgotten is not listed. */
  readonly status: ConnectionStatus;
  /** When this row last changed, ms. */
  readonly updatedAt: number;
}

/** One page of rows. */
export interface DirectoryPage {
  /** The rows. */
  readonly rows: readonly ListedRow[];
  /** Asks for the next page; absent on the last one. */
  readonly cursor?: string;
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
  readonly part: "idle" | "kv" | "missing" | "agencies";
  /** When the last whole sweep ended, ms; absent where none did yet. */
  readonly endedAt?: number;
  /** Keys that this sweep, or the last one, has seen in KV. */
  readonly keys: number;
  /** Connections that it woke. */
  readonly woken: number;
}

/** The methods of the directory's Durable Object. It decides nothing about tokens. */
export interface DirectoryApi {
  /** Takes reports. Once this resolves they are kept; one that is repeated changes nothing. */
  report(reports: readonly DirectoryReport[]): Promise<void>;
  /** One page of rows. */
  list(query: DirectoryQuery): Promise<DirectoryPage>;
  /** How many rows are meant, exactly. */
  counts(filter?: DirectoryFilter): Promise<DirectoryCounts>;
  /** Counts of the hours since `from` (ms), oldest first. */
  hours(from: number): Promise<readonly ActivityHour[]>;
  /** Starts the daily sweep, which the object's alarm then carries on page by page. One under way goes on. */
  startSweep(): Promise<void>;
  /** How far the sweep has come. */
  sweepProgress(): Promise<SweepProgress>;
}
