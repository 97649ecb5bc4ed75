import { KEY_VALUES_TABLE } from "../durable/key_values.ts";
import type { Schema } from "../durable/object_sql.ts";
import { SCHEDULE_TABLE } from "../durable/schedule.ts";
import { upgradeFirstEdition } from "./upgrade_first_edition.ts";

/** The tables of a connection's object. No secondary index: a refresh writes one row of each that it touches. */
export const connectionSchema: Schema = {
  tables: [
    // The record as stores keep it, sealed; `copied`: whether KV has it.
    `CREATE TABLE record (
      key TEXT PRIMARY KEY, value TEXT NOT NULL, version INTEGER NOT NULL, copied INTEGER NOT NULL
    ) WITHOUT ROWID`,
    SCHEDULE_TABLE,
    KEY_VALUES_TABLE,
    // A ring: entry `seq` stands in slot `seq` modulo its size.
    "CREATE TABLE history (slot INTEGER PRIMARY KEY, seq INTEGER NOT NULL, entry TEXT NOT NULL)",
    "CREATE TABLE received_webhooks (id TEXT PRIMARY KEY, at INTEGER NOT NULL) WITHOUT ROWID",
    // Of a company: locations that it knows of; `pending` ones wait for its tokens.
    "CREATE TABLE locations (id TEXT PRIMARY KEY, pending INTEGER NOT NULL) WITHOUT ROWID",
  ],
  upgrades: [upgradeFirstEdition],
};
