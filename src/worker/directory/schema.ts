import { SCHEDULE_TABLE } from "../durable/schedule.ts";
import type { DirectorySql } from "./directory_sql.ts";
import { CAMPAIGN_TABLES } from "./campaigns.ts";
import { JOBS_TABLES } from "./listed_jobs.ts";
import { sortName } from "./search_text.ts";
import { NOTES_TABLE } from "./shared_notes.ts";
import { TOTALS_TABLES } from "./totals.ts";

/** What became of a connection's link: when one was made, when one was opened, when it came back, and by whom. */
const LINK_COLUMNS = ["linkMadeAt INTEGER", "linkOpenedAt INTEGER", "returnedAt INTEGER", "returnedBy TEXT"];
/** Whether a name was given, so that nobody asks HighLevel; the name that a list told, to be noted. */
const NAME_COLUMNS = ["connections ADD COLUMN isNameGiven INTEGER", "todo ADD COLUMN name TEXT"];

/**
 * The tables of the directory, version by version. A version that was deployed never changes: a change is a new one.
 *
 * `connections.n` is the order in which rows became known. `status` is the place in `STATUS_ORDER`, `sinceDesc` is minus `since`:
 * so every order is an ascending one. A company's own `companyId` is its id. `counters` are kept in the
 * same turn as the rows, so that counting reads a few of them. `search` has the rows' words by `n`, and no text of its own.
 */
const MIGRATIONS: readonly (readonly (string | ((sql: DirectorySql) => void))[])[] = [
  [
    `CREATE TABLE connections (
      n INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, id TEXT NOT NULL, name TEXT, sortName TEXT NOT NULL,
      companyId TEXT, versionId TEXT, isWhiteLabel INTEGER, status INTEGER NOT NULL, cause TEXT, traceId TEXT,
      sinceDesc INTEGER NOT NULL, updatedAt INTEGER NOT NULL, seq INTEGER NOT NULL, missingSince INTEGER,
      UNIQUE (kind, id)
    )`,
    "CREATE INDEX byStatus ON connections (status, sinceDesc)",
    "CREATE INDEX bySince ON connections (sinceDesc)",
    "CREATE INDEX byName ON connections (sortName)",
    "CREATE INDEX byCompany ON connections (companyId) WHERE companyId IS NOT NULL",
    "CREATE INDEX byCause ON connections (cause) WHERE cause IS NOT NULL",
    // Every non-ASCII character is a letter to this tokenizer: the words are split and spelt before they get here.
    `CREATE VIRTUAL TABLE search USING fts5(
      words, content = '', contentless_delete = 1, detail = none, prefix = '1 2 3', tokenize = 'ascii'
    )`,
    "CREATE TABLE gone (kind TEXT, id TEXT, seq INTEGER NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (kind, id)) WITHOUT ROWID",
    `CREATE TABLE counters (
      kind TEXT, status INTEGER, cause TEXT, n INTEGER NOT NULL, PRIMARY KEY (kind, status, cause)
    ) WITHOUT ROWID`,
    "CREATE TABLE IF NOT EXISTS hours (hour INTEGER, type TEXT, n INTEGER, PRIMARY KEY (hour, type))",
    "CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
    "CREATE TABLE told (kind TEXT, id TEXT, alert TEXT, day TEXT, open INTEGER, PRIMARY KEY (kind, id, alert)) WITHOUT ROWID",
    "CREATE TABLE untold (n INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT, id TEXT, alert TEXT)",
    "CREATE TABLE todo (kind TEXT, id TEXT, what TEXT, companyId TEXT, PRIMARY KEY (kind, id, what)) WITHOUT ROWID",
    SCHEDULE_TABLE,
    "CREATE TABLE named (list TEXT, kind TEXT, id TEXT, PRIMARY KEY (list, kind, id)) WITHOUT ROWID",
  ],
  [NOTES_TABLE, ...JOBS_TABLES],
  LINK_COLUMNS.map((column) => `ALTER TABLE connections ADD COLUMN ${column}`),
  TOTALS_TABLES,
  CAMPAIGN_TABLES,
  NAME_COLUMNS.map((change) => `ALTER TABLE ${change}`),
  [sortNumbers],
  ["CREATE INDEX byStatusAndName ON connections (status, sortName)"],
];

/** Numbers in names are ordered by their value: the names that have some are written anew. */
function sortNumbers(sql: DirectorySql): void {
  const rows = sql.exec("SELECT n, name FROM connections WHERE sortName GLOB '*[0-9]*'").toArray();
  for (const { n, name } of rows) {
    sql.exec("UPDATE connections SET sortName = ? WHERE n = ?", sortName(String(name)), Number(n));
  }
}

/** Brings the tables of `sql` to the newest version. Done again it changes nothing. */
export function migrate(sql: DirectorySql): void {
  sql.exec("CREATE TABLE IF NOT EXISTS schema (version INTEGER NOT NULL)");
  const [row] = sql.exec("SELECT version FROM schema").toArray();
  const from = Number(row?.version ?? 0);
  if (from >= MIGRATIONS.length) return; // of a newer release too: this one was rolled back
  for (const step of MIGRATIONS.slice(from).flat()) {
    if (typeof step === "string") sql.exec(step);
    else step(sql);
  }
  sql.exec("DELETE FROM schema");
  sql.exec("INSERT INTO schema VALUES (?)", MIGRATIONS.length);
}
