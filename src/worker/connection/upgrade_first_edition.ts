import { defined, isObject } from "../../oauth/host.ts";
import type { Sql } from "../durable/object_sql.ts";
import { KEY_VALUES_TABLE } from "../durable/key_values.ts";
import { SCHEDULE_TABLE } from "../durable/schedule.ts";
import { NO_REPORTS } from "./directory_report.ts";

/** Entries of the history that are taken over: as many as are kept. */
const KEPT = 50;

/** Where work stands under another name now. What is missing is planned anew. */
const NEW_NAMES: Readonly<Record<string, string>> = {
  install: "install",
  mint: "mint",
  uninstall: "uninstall",
};

/** Brings the tables of an object that the first edition made, which had no version, to version 1. */
export function upgradeFirstEdition(sql: Sql): void {
  const tables = new Set(
    sql.exec("SELECT name FROM sqlite_master WHERE type = 'table'").toArray().map(({ name }) => name),
  );
  const rows = (table: string): Record<string, SqlStorageValue>[] =>
    tables.has(table) ? sql.exec(`SELECT * FROM ${table}`).toArray() : [];
  const replace = (table: string, create: string, values: readonly (readonly SqlStorageValue[])[]): void => {
    if (tables.has(table)) sql.exec(`DROP TABLE ${table}`);
    sql.exec(create);
    const name = /TABLE (\w+)/.exec(create)?.[1];
    for (const row of values) {
      sql.exec(`INSERT INTO ${name} VALUES (${row.map(() => "?").join(", ")})`, ...row);
    }
  };

  const records = rows("record").map(({ key, value, version, copied }) => [key, value, version, copied]);
  const due = rows("agenda").flatMap(({ name, at, attempt, mark }) => {
    const now = NEW_NAMES[String(name)];
    return now === undefined ? [] : [[now, at, attempt, mark]];
  });
  const received = rows("deliveries").map(({ id, at }) => [id, at]);
  const history = rows("history").map(({ id, entry }) => ({ id: Number(id), entry: String(entry) }))
    .sort((one, other) => one.id - other.id).slice(-KEPT);
  const locations = rows("locations").map(({ id, pending }) => [id, pending]);
  const values = [
    ...installationFrom(rows("facts")),
    ...alertsFrom(rows("alerts")),
    ...untoldFrom(rows("unsent")),
  ];

  replace(
    "record",
    `CREATE TABLE record (
      key TEXT PRIMARY KEY, value TEXT NOT NULL, version INTEGER NOT NULL, copied INTEGER NOT NULL
    ) WITHOUT ROWID`,
    records.map((row) => row.map((value) => value ?? null)),
  );
  replace("agenda", SCHEDULE_TABLE, due.map((row) => row.map((value) => value ?? null)));
  replace("facts", KEY_VALUES_TABLE, values);
  replace(
    "history",
    "CREATE TABLE history (slot INTEGER PRIMARY KEY, seq INTEGER NOT NULL, entry TEXT NOT NULL)",
    history.map(({ entry }, index) => [index + 1 === KEPT ? 0 : index + 1, index + 1, entry]),
  );
  replace(
    "deliveries",
    "CREATE TABLE received_webhooks (id TEXT PRIMARY KEY, at INTEGER NOT NULL) WITHOUT ROWID",
    received.map((row) => row.map((value) => value ?? null)),
  );
  replace(
    "locations",
    "CREATE TABLE locations (id TEXT PRIMARY KEY, pending INTEGER NOT NULL) WITHOUT ROWID",
    locations.map((row) => row.map((value) => value ?? null)),
  );
  for (const table of ["alerts", "unsent"]) if (tables.has(table)) sql.exec(`DROP TABLE ${table}`);
}

/** What stood in the table `facts`, as one value. */
function installationFrom(rows: readonly Record<string, SqlStorageValue>[]): [string, string][] {
  const facts = new Map(rows.map(({ name, value }) => [String(name), String(value)]));
  const moment = (name: string): number | undefined => Number(facts.get(name) ?? 0) || undefined;
  const details: unknown = JSON.parse(facts.get("details") ?? "{}");
  const since = moment("troubleSince");
  const trouble = since === undefined ? undefined : defined({
    since,
    code: facts.get("troubleCode"),
    traceId: facts.get("troubleTraceId"),
    tries: 0,
    triedAt: since,
  });
  const installation = defined({
    installedAt: moment("installedAt"),
    uninstalledAt: moment("uninstalledAt"),
    forgottenAt: moment("forgottenAt"),
    changes: moment("changes") ?? 0,
    details: isObject(details) ? details : {},
    knownAt: facts.get("notedAt"),
    trouble,
  });
  const target = facts.get("target");
  return [
    ["installation", JSON.stringify(installation)],
    ...target === undefined ? [] : [["target", target] satisfies [string, string]],
  ];
}

/** Which alerts were told. */
function alertsFrom(rows: readonly Record<string, SqlStorageValue>[]): [string, string][] {
  if (rows.length === 0) return [];
  const told = Object.fromEntries(
    rows.map(({ kind, day, open }) => [String(kind), { day: String(day), isOpen: open === 1 }]),
  );
  return [["alerts", JSON.stringify(told)]];
}

/** Alerts that were not sent yet: they go to the directory with the first report. */
function untoldFrom(rows: readonly Record<string, SqlStorageValue>[]): [string, string][] {
  const alerts = rows.flatMap(({ alert }) => {
    const { kind, at, code, traceId }: Record<string, string | undefined> = JSON.parse(String(alert));
    return kind === undefined ? [] : [defined({ kind, at: Date.parse(at ?? ""), code, traceId })];
  });
  return alerts.length === 0 ? [] : [["report", JSON.stringify({ ...NO_REPORTS, alerts })]];
}
