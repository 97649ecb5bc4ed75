import { deepEqual, doesNotMatch, equal, match, ok } from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { createSandbox } from "../../../src/sandbox/mod.ts";
import { deliver, importTokens, nameOf, put, statusOf, tell } from "../calls.ts";
import { SECRETS } from "../events/receivers.ts";
import {
  KEYS,
  SANDBOX_APP,
  startWorld,
  TEST_ENTRY,
  until,
  type WorkerWorld,
  worldClock,
} from "../worker_world.ts";

const HOUR = 3_600_000;
const JSON_TYPE = { "Content-Type": "application/json" };

/** Events that the address of `EVENT_URLS` does not have. */
async function undelivered({ json }: WorkerWorld): Promise<unknown> {
  return (await json("/events")).body.events;
}

/** Names of the tables, of all objects and of KV, in whose rows `text` stands. */
async function tablesWith(folder: string, text: string): Promise<string[]> {
  const found = new Set<string>();
  for (const path of await filesIn(folder)) {
    if (!path.endsWith(".sqlite")) continue;
    const database = new DatabaseSync(path, { readOnly: true, readBigInts: true });
    for (const { name } of database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all()) {
      const rows = database.prepare(`SELECT * FROM "${name}"`).all().map((row) => Object.values(row).join());
      if (rows.some((row) => row.includes(text))) found.add(String(name));
    }
    database.close();
  }
  return [...found].toSorted();
}

async function filesIn(folder: string): Promise<string[]> {
  const entries = await Array.fromAsync(Deno.readDir(folder));
  const lists = await Promise.all(
    entries.map(({ name, isDirectory }) =>
      isDirectory ? filesIn(`${folder}/${name}`) : [`${folder}/${name}`]
    ),
  );
  return lists.flat();
}

Deno.test({
  name: "an erased customer leaves a tombstone and a receipt, and nothing else",
  sanitizeOps: false, // Miniflare keeps timers
  sanitizeResources: false,
  async fn() {
    worldClock.offsetMs = 0;
    const persist = await Deno.makeTempDir({ prefix: "highlevel-erased-" });
    const sandbox = createSandbox({ app: SANDBOX_APP, now: worldClock.now });
    const { companyId } = sandbox.addCompany();
    const location = sandbox.addLocation({ companyId });
    const path = `/connections/${nameOf(location)}`;
    {
      // An address that takes nothing, and is not set any more when the customer is erased.
      await using before = await startWorld({
        sandbox,
        entry: TEST_ENTRY,
        persist,
        variables: { EVENT_URLS: "https://events.example/away", EVENT_SECRETS: SECRETS.join() },
        upstream: ({ url }) =>
          new URL(url).hostname === "events.example" ? new Response(null, { status: 410 }) : undefined,
      });
      await importTokens(before, { companyId });
      await put(before, location, { ...sandbox.install(location), name: "Harbour Café", companyId });
      equal((await deliver(before, sandbox.webhook("INSTALL", location))).status, 200);
      await tell(before, location);
      equal((await before.sql(nameOf({ companyId }), "SELECT id FROM locations")).length, 1);
      await until(async () => Number(Object(await undelivered(before)).length) > 0);
    }
    await using world = await startWorld({ sandbox, entry: TEST_ENTRY, persist });
    const [event] = Array.from(Object(await undelivered(world)));
    const [{ endpoint, place, problem }] = Object(event).deliveries;
    deepEqual([endpoint, place, problem], ["https://events.example", 0, "unlisted"], "listed still");
    equal(
      (await world.json("/events/replay", {
        method: "POST",
        body: '{"since":"1970-01-01"}',
        headers: JSON_TYPE,
      })).body.replayed,
      0,
    );
    const signedIn = await world.call("/ui/sign-in", {
      method: "POST",
      key: null,
      body: new URLSearchParams({ key: KEYS.admin }),
      headers: { "Sec-Fetch-Site": "same-origin" },
    });
    await signedIn.body?.cancel();
    const Cookie = signedIn.headers.getSetCookie().join("; ");
    const page = await (await world.call("/ui/events", { key: null, headers: { Cookie } })).text();
    match(page, /https:\/\/events\.example is no longer in EVENT_URLS<\/th>/);
    doesNotMatch(page, /<form[^>]*events\/replay/, "nothing can be sent there");
    const job = await world.json("/recoveries", {
      method: "POST",
      headers: JSON_TYPE,
      body: JSON.stringify({ targets: [location] }),
    });
    await until(async () => (await world.json(`/recoveries/${job.body.id}`)).body.status === "done");

    await world.handle("kv", { mode: "refuse" });
    equal(
      (await world.json(`${path}?erase=true`, { method: "DELETE" })).status,
      503,
      "KV may serve the token still",
    );
    await world.handle("kv", { mode: "ok" });
    await world.ring(nameOf(location));
    const { status, body } = await world.json(`${path}?erase=true`, { method: "DELETE" });
    equal(status, 200);
    const { erased, remains, target } = Object(body);
    deepEqual(target, location);
    ok(erased.object.history > 0 && erased.object.webhooks > 0, JSON.stringify(erased));
    ok(erased.events.dead > 0 && remains.events.waiting === 0, JSON.stringify(body));
    deepEqual(erased.jobs, { targets: 1 });
    const until90 = Date.parse(remains.tombstone.until) - worldClock.now();
    ok(Math.abs(until90 - 90 * 24 * HOUR) < 2 * HOUR);
    ok(!JSON.stringify(body).includes("Harbour"));

    equal((await world.json(path)).status, 404);
    equal((await world.json(`${path}/token`)).status, 404, "nothing brings it back");
    for (const table of ["record", "key_values", "history", "received_webhooks", "locations"]) {
      const text = JSON.stringify(await world.sql(nameOf(location), `SELECT * FROM ${table}`));
      ok(!/Harbour|Caf/.test(text) && !text.includes(companyId), `${table}: ${text}`);
    }
    await tell(world, location);
    equal(
      JSON.stringify(
        await world.sql("0", "SELECT * FROM connections WHERE kind = 'location'", [], "directory"),
      ),
      "[]",
    );
    const targets = await world.sql(String(job.body.id), "SELECT * FROM targets", [], "job");
    deepEqual([targets[0]?.name, targets[0]?.detail], [null, null]);
    const again = await world.json(`${path}?erase=true`, { method: "DELETE" });
    deepEqual([Object(again.body.erased).object.tokens, Object(again.body.erased).directory.rows], [0, 0]);
    equal((await world.json(`${path}?erase=true`, { method: "DELETE", key: KEYS.service })).status, 403);
    await world.restart();
    const left = await tablesWith(persist, location.locationId);
    deepEqual(
      left,
      ["_cf_ALARM", "_mf_entries", "gone", "key_values", "record", "targets"],
      "tombstones, the alarm that ends one, and its place in a job",
    );
    deepEqual(await tablesWith(persist, "Harbour"), []);
    await put(world, location, sandbox.install(location));
    equal(await statusOf(world, location), "connected", "who comes again begins anew");
    await tell(world, location);
    const agency = await world.json(`/connections/${nameOf({ companyId })}?erase=true`, { method: "DELETE" });
    deepEqual(Object(agency.body.remains).locations, { held: 1 }, "they go on, and know their agency");
    await world.miniflare.dispose();
    await Deno.remove(persist, { recursive: true });
  },
});
