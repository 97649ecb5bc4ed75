import type { InstalledLocation } from "../../oauth/mod.ts";
import type { RecordSummary } from "../../stores/mod.ts";
import type { RowKey } from "./connection_rows.ts";
import type { Notice } from "./digest.ts";
import type { KeptRow } from "./directory_api.ts";

/** One page of KV's keys, in ascending order. */
export interface KeyPage {
  /** Connections among the keys; `summary` is absent where the metadata tell nothing. */
  readonly keys: readonly { readonly key: RowKey; readonly summary: RecordSummary | undefined }[];
  /** Asks for the next page; absent on the last one. */
  readonly cursor?: string;
}

/** What a sweep asks others for. Every method is one call of theirs, but for `installed`, where each page is one. */
export interface SweepHost {
  /** One page of KV's keys. */
  keys(cursor: string | undefined): Promise<KeyPage>;
  /** What KV's value tells of a connection. */
  read(key: RowKey): Promise<RecordSummary | undefined>;
  /** Removes a connection's key from KV. */
  erase(key: RowKey): Promise<void>;
  /** Lets a connection's object look after it. */
  wake(key: RowKey): Promise<void>;
  /** What a connection's object knows for its row. */
  look(key: RowKey): Promise<KeptRow | undefined>;
  /** Tells a location's object that it is installed. */
  install(key: RowKey, companyId: string | undefined): Promise<void>;
  /** Whether the app may ask HighLevel for names. */
  readonly readsNames: boolean;
  /** Lets a connection's object note its name, as a list told it; else ask HighLevel, where the app may. */
  name(key: RowKey, name: string | undefined): Promise<void>;
  /** A company's living access token; `undefined` where it has none. */
  token(companyId: string): Promise<string | undefined>;
  /** Locations on one page of `installed`. */
  readonly pageSize: number;
  /** Every location that HighLevel lists for a company. */
  installed(
    companyId: string,
    accessToken: string,
  ): AsyncIterable<Pick<InstalledLocation, "locationId" | "name">>;
  /** Has people told. */
  tell(notice: Notice): Promise<void>;
}
