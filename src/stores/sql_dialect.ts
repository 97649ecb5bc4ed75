/** A family of SQL: Postgres and what speaks it, or SQLite and what is built on it. */
export type SqlDialect = "postgres" | "sqlite";

/** Every dialect. */
export const SQL_DIALECTS: readonly SqlDialect[] = ["postgres", "sqlite"];

/** What the dialects write differently. */
export interface SqlWords {
  /** The type of a key: compared byte by byte, whatever the database's language. */
  readonly key: string;
  /** The type of a text. */
  readonly text: string;
  /** The type of a number: one that every driver gives as a number. */
  readonly number: string;
  /** The database's clock, ms since the epoch, at the moment when it is read. */
  readonly now: string;
  /** Ends a query of rows that nobody may change before this statement has ended. */
  readonly locked: string;
  /** The key in a condition that must not choose the index. */
  readonly keyBesides: string;
  /** How the parameter `$1` is written. */
  readonly parameter: (index: string) => string;
}

/** The words of each dialect. */
export const SQL_WORDS: Readonly<Record<SqlDialect, SqlWords>> = {
  postgres: {
    key: 'text collate "C"',
    text: "text",
    number: "double precision",
    // Not now(): that is when the transaction began.
    now: "(extract(epoch from clock_timestamp()) * 1000)::double precision",
    locked: "for share",
    keyBesides: "key", // it knows from its statistics
    parameter: (index) => `$${index}`,
  },
  sqlite: {
    key: "text",
    text: "text",
    number: "real",
    now: "(unixepoch('subsec') * 1000.0)",
    locked: "", // SQLite has one writer at a time
    keyBesides: "+key", // else it takes a range of keys for smaller than one of moments, and sorts them all
    parameter: (index) => `?${index}`,
  },
};
