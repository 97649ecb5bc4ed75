/**
 * Takes over the tokens that HighLevel's own SDK keeps in MongoDB, from an export of its collection:
 *
 *     mongoexport --db app --collection application_sessions --jsonArray --out sessions.json
 *     deno run --unstable-kv --allow-env --allow-read --allow-write import_sdk_mongo.ts sessions.json
 *
 * Stop what uses the old store first: a refresh token that both use is spent by one of them. (The command line's `import`
 * does the same. `readConnections` reads other kinds of files as well: tables, JSON in any layout, `.env`.)
 */
import { Connections, DenoKvStore, sealed } from "@reconnect/highlevel";
import { readConnections, remarkText, tokenSetOf } from "@reconnect/highlevel/import";

const [path = "sessions.json", database = "connections.db"] = Deno.args;
const clientId = Deno.env.get("HIGHLEVEL_CLIENT_ID") ?? "";
using kv = await Deno.openKv(database);
const connections = new Connections({
  app: { clientId, clientSecret: Deno.env.get("HIGHLEVEL_CLIENT_SECRET") ?? "" },
  store: sealed(new DenoKvStore(kv), { keys: (Deno.env.get("SEALING_KEYS") ?? "").split(",") }),
});

let [rows, taken] = [0, 0];
const { readable } = await Deno.open(path);
for await (const row of readConnections(readable, { clientIds: [clientId] })) {
  rows++;
  if (row.result !== "taken") {
    console.log(`line ${row.line} ${row.path}: ${remarkText(row.remark)}`); // another app's, or a contradiction
    continue;
  }
  taken++;
  const { target } = row.found;
  const tokens = tokenSetOf(row.found);
  await connections.save(target, tokens);
  const id = target.locationId ?? target.companyId;
  console.log(`${id}: ${tokens.expiresAt > new Date() ? "lives" : "will be refreshed when it is asked for"}`);
}
console.log(`${taken} of ${rows} taken over`);
