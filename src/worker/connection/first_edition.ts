import type { Sql } from "../durable/object_sql.ts";

/** Tables whose rows move from an object that the first edition named to the one that has its place now. */
const TABLES = ["record", "schedule", "key_values", "history", "received_webhooks", "locations"] as const;

/** What a row has in a column. */
type Cell = ArrayBuffer | string | number | null;

/** What an object holds, as plain rows. */
export type Belongings = {
  readonly [table in typeof TABLES[number]]: readonly Readonly<Record<string, Cell>>[];
};

/** The name that the first edition gave to the object of the connection under `key`: the app's id was not in it. */
export function firstEditionName(key: string): string {
  return key.slice(key.indexOf("/") + 1);
}

/** Whether an object of this name is one of the first edition's: `location/<id>` or `company/<id>`. */
export function isFirstEdition(name: string | undefined): name is string {
  return /^(location|company)\/[\w-]+$/.test(name ?? "");
}

/** What the object over `sql` holds of the app with `appId`; `undefined` where that is nothing, or another app's. */
export function belongingsOf(sql: Sql, appId: string): Belongings | undefined {
  const rows = (table: string) => sql.exec(`SELECT * FROM ${table}`).toArray();
  const all = rows("record");
  const record = all.filter(({ key }) => String(key).startsWith(`${appId}/`));
  if (all.length > record.length) return undefined;
  const belongings = {
    record,
    schedule: rows("schedule"),
    key_values: rows("key_values"),
    history: rows("history"),
    received_webhooks: rows("received_webhooks"),
    locations: rows("locations"),
  };
  return Object.values(belongings).some((table) => table.length > 0) ? belongings : undefined;
}

/** Puts what another object held into the empty tables of `sql`. */
export function moveIn(sql: Sql, belongings: Belongings): void {
  for (const table of TABLES) {
    for (const row of belongings[table]) {
      const columns = Object.keys(row);
      sql.exec(
        `INSERT INTO ${table} (${columns.join(", ")}) VALUES (${columns.map(() => "?").join(", ")})`,
        ...Object.values(row),
      );
    }
  }
}
