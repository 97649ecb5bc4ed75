import { deepEqual, equal } from "node:assert/strict";
import { ConnectionRows } from "../../../src/worker/directory/connection_rows.ts";
import { listedPage } from "../../../src/worker/directory/listed_connection.ts";
import { DirectoryLists } from "../../../src/worker/directory/directory_lists.ts";
import { directoryDatabase, rowOf } from "./directory_database.ts";

/*
 * What the directory knows of links: pure, over SQLite in memory.
 */

Deno.test("a row keeps what became of its link, also where a later word does not tell", () => {
  const sql = directoryDatabase();
  const rows = new ConnectionRows(sql);
  const key = { kind: "location", id: "L1" } as const;
  rows.put(rowOf("L1", { status: "reauthorization_required" }), 1, 10);
  rows.noteLinksMade([key, { kind: "location", id: "unknown" }], 20);
  rows.put(rowOf("L1", { linkOpenedAt: 30 }), 2, 30);
  rows.put(rowOf("L1", { returnedAt: 40, returnedBy: "person" }), 3, 40);
  rows.put(rowOf("L1", { name: "Harbour" }), 4, 50); // as KV tells it, which knows nothing of links
  const { linkMadeAt, linkOpenedAt, returnedAt, returnedBy } = rows.get(key) ?? {};
  deepEqual([linkMadeAt, linkOpenedAt, returnedAt, returnedBy], [20, 30, 40, "person"]);

  const page = { ...new DirectoryLists(sql).page({}), isComplete: true };
  equal(page.total, 1, "what has no row gets none by a link");
  const [listed] = listedPage(page).connections;
  deepEqual(
    [listed?.linkMadeAt, listed?.linkOpenedAt, listed?.returnedAt, listed?.returnedBy],
    [new Date(20), new Date(30), new Date(40), "person"],
  );
});

Deno.test("of a row without links nothing is told of any", () => {
  const sql = directoryDatabase();
  new ConnectionRows(sql).put(rowOf("L1"), 1, 10);
  const [listed = {}] = listedPage({ ...new DirectoryLists(sql).page({}), isComplete: true }).connections;
  deepEqual(Object.keys(listed).filter((name) => /link|returned/.test(name)), []);
});
