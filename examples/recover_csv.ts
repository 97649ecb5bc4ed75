/**
 * Recovers every location of a CSV and tells how each one ended, as CSV.
 *
 *     deno run --unstable-kv --allow-env --allow-net --allow-read --allow-write recover_csv.ts lost.csv > ended.csv
 *
 * The first line names the columns; one of them is `locationId` or `location_id`. Tokens go, sealed, to connections.db.
 * The exit code is 1 when some are not recovered.
 */
import { Connections, DenoKvStore, sealed } from "@reconnect/highlevel";

const [path = "lost.csv", database = "connections.db"] = Deno.args;
using kv = await Deno.openKv(database);
const connections = new Connections({
  app: {
    clientId: setting("HIGHLEVEL_CLIENT_ID"),
    clientSecret: setting("HIGHLEVEL_CLIENT_SECRET"),
    redirectUri: setting("HIGHLEVEL_REDIRECT_URI"), // with the scopes it makes the link for whoever must agree again
    baseUrl: Deno.env.get("HIGHLEVEL_BASE_URL") ?? "https://services.leadconnectorhq.com",
  },
  store: sealed(new DenoKvStore(kv), { keys: setting("SEALING_KEYS").split(",") }),
  scope: setting("HIGHLEVEL_SCOPES"),
});

const [header = "", ...rows] = (await Deno.readTextFile(path)).split(/\r?\n/).filter(Boolean);
const column = header.split(",").findIndex((name) => /^location_?id$/i.test(name));
if (column < 0) throw new Error(`${path} has no column locationId`);
const ids = new Set(rows.map((row) => row.split(",")[column] ?? ""));

const counts = { recovered: 0, paused: 0, reauthorization_required: 0, failed: 0 };
console.log("location_id,outcome,by,trace_id,authorization_url");
for await (const ended of connections.recoverAll(Array.from(ids, (locationId) => ({ locationId })))) {
  const { target, outcome, by = "", traceId = "", authorizationUrl = "" } = ended;
  counts[outcome]++;
  console.log([target.locationId, outcome, by, traceId, authorizationUrl].join(","));
}
console.error(JSON.stringify(counts));
if (counts.recovered < ids.size) Deno.exitCode = 1;

function setting(name: string): string {
  const value = Deno.env.get(name);
  if (!value) throw new Error(`Set ${name}.`);
  return value;
}
