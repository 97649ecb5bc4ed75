import { deepEqual, equal } from "node:assert/strict";
import { ConnectionRows, type RowKey } from "../../../src/worker/directory/connection_rows.ts";
import { eraseRow } from "../../../src/worker/directory/erase_row.ts";
import { knownKeys, rowKeyOf } from "../../../src/worker/directory/known_keys.ts";
import { directoryDatabase, rowOf } from "./directory_database.ts";

const nameOf = ({ kind, id }: RowKey): string => `${kind}/${id}`;

Deno.test("everything known by name comes once and in order, page by page, what was forgotten too", () => {
  const sql = directoryDatabase();
  const rows = new ConnectionRows(sql);
  const all: string[] = [];
  for (const kind of ["location", "company"] as const) {
    for (let index = 0; index < 40; index++) {
      const id = `${(index * 7) % 40}-x_Y`;
      rows.put(rowOf(id, { kind }), 1, 1);
      if (index % 3 === 0) rows.remove({ kind, id }, 2, 2);
      all.push(`${kind}/${id}`);
    }
  }
  for (const limit of [1, 7, 80, 1_000]) {
    const found: string[] = [];
    for (let page: RowKey[] = knownKeys(sql, undefined, limit); page.length > 0;) {
      found.push(...page.map(nameOf));
      page = knownKeys(sql, rowKeyOf(found.at(-1) ?? ""), limit);
    }
    deepEqual(found, all.toSorted(), `${limit} at a time`);
  }
});

Deno.test("of an erased row nothing is left but that it went", () => {
  const sql = directoryDatabase();
  const rows = new ConnectionRows(sql);
  const key = { kind: "location", id: "abc" } as const;
  rows.put(rowOf("abc", { name: "Café Nero" }), 5, 1);
  rows.put(rowOf("other", { name: "Another" }), 5, 1);
  for (const id of ["abc", "other"]) {
    sql.exec("INSERT INTO told VALUES ('location', ?, 'broken', '2026-01-01', 1)", id);
    sql.exec("INSERT INTO untold (kind, id, alert) VALUES ('location', ?, '{}')", id);
    sql.exec("INSERT INTO named VALUES ('ending', 'location', ?)", id);
    sql.exec("INSERT INTO todo (kind, id, what) VALUES ('location', ?, 'wake')", id);
  }
  deepEqual(eraseRow(sql, rows, key, 9), { rows: 1, alerts: 2 });
  deepEqual(eraseRow(sql, rows, key, 9), { rows: 0, alerts: 0 }, "once more there is nothing");
  const tables = sql.exec("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'")
    .toArray()
    .map(({ name }) => String(name)).filter((name) => !name.startsWith("search"));
  for (const table of tables) {
    const text = JSON.stringify(sql.exec(`SELECT * FROM ${table}`).toArray());
    equal(text.includes("abc"), table === "gone", `${table}: ${text}`);
  }
  equal(sql.exec("SELECT count(*) AS n FROM search WHERE search MATCH 'nero'").toArray()[0]?.n, 0);
  equal(rows.get({ kind: "location", id: "other" })?.name, "Another");
});
