/**
 * Moves connections from a Deno KV file to a SQLite file, as the command line keeps them now:
 *
 *     deno run --unstable-kv --allow-read=. --allow-write=. move_deno_kv.ts highlevel-connections.sqlite3 highlevel-connections.sqlite
 *
 * Stop what uses the old file first: a refresh token that both use is spent by one of them. Records are copied as they are, sealed ones
 * with the seal on them. What is in the new file already stays.
 */
import { DatabaseSync } from "node:sqlite";
import { DenoKvStore, SqlStore } from "@reconnect/highlevel";

const [from = "highlevel-connections.sqlite3", to = "highlevel-connections.sqlite"] = Deno.args;
using kv = await Deno.openKv(from);
const source = new DenoKvStore(kv);
(await Deno.open(to, { create: true, append: true, mode: 0o600 })).close();
const database = new DatabaseSync(to, { timeout: 5_000 });
const target = new SqlStore({
  dialect: "sqlite",
  query: (text, values) => database.prepare(text).all(...values),
});
await target.migrate();

let [moved, kept] = [0, 0];
let cursor: string | undefined;
do {
  const page = await source.list({ limit: 1_000, ...cursor !== undefined && { cursor } });
  for (const { key } of page.entries) {
    const record = await source.get(key);
    if (!record) continue;
    if (await target.put(key, record, { ifVersion: null })) moved++;
    else kept++;
  }
  cursor = page.cursor;
} while (cursor !== undefined);
database.close();
console.log(`${moved} moved, ${kept} were there already`);
