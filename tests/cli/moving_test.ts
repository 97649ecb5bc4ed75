import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { workerMover } from "../../src/cli/moving/worker_mover.ts";
import { WorkerError } from "../../src/client/mod.ts";
import { DenoKvStore } from "../../src/stores/deno_kv_store.ts";
import { generateSealingKey } from "../../src/stores/sealed.ts";
import { SqlStore, type SqlValue } from "../../src/stores/sql_store.ts";
import { movedWorld, recordsIn } from "../moving/moved_world.ts";
import { startPostgres } from "../stores/servers/postgres.ts";
import { startRedis } from "../stores/servers/redis.ts";
import { KEYS, startWorld } from "../worker/worker_world.ts";
import { cliWorld, ndjson } from "./cli_world.ts";
// @ts-types="@types/pg"
import pg from "pg";

const EXPORT_KEY = generateSealingKey();

/** An empty database beside the one there is; the Postgres of a test trusts everybody. */
async function anotherDatabase(url: string): Promise<string> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query("create database another");
  await client.end();
  return url.replace(/\/postgres$/, "/another");
}

/** The records of the app in a SQLite file. */
async function recordsAt(path: string, prefix: string): Promise<Record<string, unknown>> {
  const database = new DatabaseSync(path);
  const query = (text: string, values: SqlValue[]) => database.prepare(text).all(...values);
  const records = await recordsIn(new SqlStore({ query, dialect: "sqlite" }), prefix);
  database.close();
  return records;
}

Deno.test({
  name:
    "connections move from Deno KV to SQLite, Redis, Postgres, a worker, Postgres and SQLite, and are the same",
  sanitizeOps: false, // Miniflare keeps timers
  sanitizeResources: false,
  async fn() {
    await using world = cliWorld({ seed: 5 });
    const { folder } = world;
    using kv = await Deno.openKv(`${folder}/old.sqlite3`);
    const { sandbox, appId } = await movedWorld(4, new DenoKvStore(kv));
    const first = await recordsIn(new DenoKvStore(kv), `${appId}/`);
    assert.equal(Object.keys(first).length, 7);
    const [redis, postgres] = [await startRedis(), await startPostgres()];
    const worker = await startWorld({ sandbox });
    const url = (await worker.miniflare.ready).href;
    const env = { EXPORT_KEY, HIGHLEVEL_CLIENT_ID: sandbox.app.clientId, HIGHLEVEL_CLIENT_SECRET: "" };
    const atWorker = { EXPORT_KEY, HIGHLEVEL_WORKER_KEY: KEYS.admin, HIGHLEVEL_CLIENT_ID: "" };
    try {
      const sides = [
        ["deno-kv:old.sqlite3", "sqlite:new.sqlite"],
        ...redis ? [["sqlite:new.sqlite", redis.url]] : [],
        ...postgres ? [[redis?.url ?? "sqlite:new.sqlite", postgres.url]] : [],
      ];
      const last = sides.at(-1)?.[1] ?? "";
      const another = postgres ? await anotherDatabase(postgres.url) : "sqlite:another.sqlite";
      const moves = [...sides, [last, url], [url, another], [another, "sqlite:last.sqlite"]];
      for (const [index, [from = "", to = ""]] of moves.entries()) {
        const side = (address: string) => [address === url ? "--worker" : "--store", address];
        const file = `${index}.export`;
        const settings = { env: from === url || to === url ? { ...env, ...atWorker } : env };
        const own = (address: string) => address === url ? settings : { env };
        const exported = await world.run(["export", ...side(from), "--out", file], own(from));
        assert.equal(exported.code, 0, exported.err);
        assert.match(exported.err, /^7 connections exported from /m);
        const restored = await world.run(["restore", file, ...side(to)], own(to));
        assert.equal(restored.code, 0, `${from} → ${to}: ${restored.err}`);
        assert.match(restored.out, /^7 connections: 7 taken, in /m);
        assert.match(restored.err, /Let only one side refresh from now on/);
        assert.ok(!world.read(file).includes("Café"));
        if (to !== url) continue;
        const again = await world.run(["restore", file, ...side(to), "--dry-run"], own(to));
        assert.match(
          again.out,
          /^7 connections: 0 would be taken, 7 not newer than what is here.* Nothing was changed/m,
        );
        // What is bad usage at a store is so at a worker.
        const key = generateSealingKey();
        const locked = await world.run(["restore", file, ...side(to)], {
          env: { ...settings.env, EXPORT_KEY: key },
        });
        assert.equal(locked.code, 2, locked.err);
        assert.match(locked.err, new RegExp(`${file} needs the key \\(EXPORT_KEY, .* [0-9a-f]{8}`));
        assert.ok(!locked.err.includes(key));
      }
      assert.deepEqual(await recordsAt(`${folder}/last.sqlite`, `${appId}/`), first);
      assert.equal(sandbox.counts.total, 0, "HighLevel was asked nothing");
    } finally {
      await worker[Symbol.asyncDispose]();
      await Promise.all([redis?.stop(), postgres?.stop()]);
    }
  },
});

Deno.test("an export by a pipe; one that is cut; one that goes on; a wrong key; what is said and how it ends", async () => {
  await using world = cliWorld({ seed: 5 });
  const { folder } = world;
  {
    using kv = await Deno.openKv(`${folder}/old.sqlite3`);
    await movedWorld(120, new DenoKvStore(kv));
  }
  const { sandbox } = await movedWorld(0);
  const env = { EXPORT_KEY, HIGHLEVEL_CLIENT_ID: sandbox.app.clientId };
  const from = ["--store", "deno-kv:old.sqlite3"];
  const to = ["--store", "sqlite:new.sqlite"];

  const piped = await world.run(["export", ...from], { env });
  assert.equal(piped.code, 0, piped.err);
  const restored = await world.run(["restore", "-", ...to, "--json"], { env, stdin: piped.out });
  assert.equal(restored.code, 0, restored.err);
  const lines = ndjson(restored.out);
  const summary = { type: "summary", taken: 123, older: 0, bad: 0, failed: 0, dryRun: false, isWhole: true };
  const { seconds: _, ...told } = lines.at(-1) ?? {};
  assert.deepEqual(told, summary);
  assert.equal(lines.length, 124);

  const cut = piped.out.slice(0, piped.out.length * 0.95); // in the second of its two pages
  const stopped = await world.run(["restore", "-", ...to], { env, stdin: cut });
  assert.equal(stopped.code, 1);
  assert.match(stopped.err, /stdin is no whole export: line \d+: it is no JSON object/);
  world.write("cut.export", cut);
  const refused = await world.run(["restore", "cut.export", ...to], { env });
  assert.equal(refused.code, 2);
  assert.match(refused.err, /cut.export is no whole export: .* or take what is there with --partial/);
  const partial = await world.run(["restore", "cut.export", ...to, "--partial"], { env });
  assert.match(partial.out, /0 taken, \d+ not newer than what is here, 1 bad/);

  const resumed = await world.run(["export", ...from, "--out", "cut.export", "--resume"], { env });
  assert.equal(resumed.code, 0, resumed.err);
  assert.match(resumed.err, /^Going on after 100 connections/m);
  assert.match(resumed.err, /^123 connections exported from old.sqlite3/m);
  const whole = await world.run(["restore", "cut.export", "--store", "sqlite:other.sqlite"], { env });
  assert.match(whole.out, /^123 connections: 123 taken/m);
  assert.match(
    (await world.run(["export", ...from, "--out", "cut.export", "--resume"], { env })).err,
    /is whole/,
  );
  assert.equal((Deno.statSync(`${folder}/cut.export`).mode ?? 0) & 0o077, 0o044, "it was written by hand");

  const other = generateSealingKey();
  const cases: readonly (readonly [readonly string[], Record<string, string>, RegExp])[] = [
    [["export", ...from, "--out", "cut.export"], env, /is there already. --resume goes on/],
    [
      ["export", ...from, "--out", "none.export", "--resume"],
      env,
      /--out: none.export cannot be written: no such file/,
    ],
    [["export", ...from, "--out", "a.export"], { ...env, EXPORT_KEY: "" }, /always sealed: set EXPORT_KEY/],
    [["export", ...from, "--out", "a.export"], { ...env, EXPORT_KEY: "short" }, /EXPORT_KEY|32 bytes/],
    [["export", ...from, "--json"], env, /--resume and --json need --out/],
    [
      ["restore", "cut.export", ...to],
      { ...env, EXPORT_KEY: other },
      /cut.export needs the key .* [0-9a-f]{8}/,
    ],
    [
      ["restore", "cut.export", ...to],
      { ...env, HIGHLEVEL_CLIENT_ID: "another" },
      /must be an export of the app another/,
    ],
    [["restore", "old.sqlite3", ...to], env, /old.sqlite3 is no whole export: line 1: it is no JSON object/],
    [["restore", "-", ...to, "--resume"], env, /--resume needs a file/],
    [["reseal", ...to], env, /SEALING_KEYS is not set/],
  ];
  for (const [args, env, reason] of cases) {
    const { code, err } = await world.run(args, { env });
    assert.equal(code, 2, `${args.join(" ")}: ${err}`);
    assert.match(err, reason);
    assert.ok(!err.includes(other) && !err.includes(EXPORT_KEY));
  }
  assert.throws(() => Deno.statSync(`${folder}/a.export`), Deno.errors.NotFound);

  const [one, two] = [generateSealingKey(), generateSealingKey()];
  for (
    const [keys, said, code] of [
      [one, /123 sealed anew, 0 under this key already/, 0],
      [`${two},${one}`, /123 sealed anew, 0 under this key already/, 0],
      [`${two},${one}`, /0 sealed anew, 123 under this key already/, 0],
      [one, /0 sealed anew, 0 under this key already, 123 under a key that is not given/, 1],
    ] as const
  ) {
    const resealed = await world.run(["reseal", ...to], { env: { ...env, SEALING_KEYS: keys } });
    assert.match(resealed.out, said);
    assert.equal(resealed.code, code);
  }
  const receipt = await world.run(["forget", "--erase", "--json", ...to, "--location", "abc"], {
    env: { ...env, SEALING_KEYS: two },
  });
  const [{ erasedAt: at, ...rest } = {}] = ndjson(receipt.out);
  assert.match(`${at}`, /^\d{4}-/);
  assert.deepEqual(rest, {
    type: "erased",
    target: { locationId: "abc" },
    erased: { store: { records: 0 } },
    remains: {},
  });
});

Deno.test("a worker whose pages go round ends an export and a resealing with an error, and not never", async () => {
  for (const around of [1, 2, 3]) {
    for (const what of ["exportLines", "reseal"] as const) {
      let asked = 0;
      const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, () => {
        if (asked > 50) return new Response(null, { status: 400 });
        const cursor = `page${asked++ % around}`;
        return what === "reseal"
          ? Response.json({ key: "one", resealed: 0, already: 0, unreadable: 0, failed: 0, cursor })
          : new Response(`${JSON.stringify({ cursor })}\n`);
      });
      try {
        const url = `http://127.0.0.1:${server.addr.port}`;
        const mover = workerMover({ url, key: "admin-key-0123456789", exportKey: undefined });
        await assert.rejects(Array.fromAsync<unknown>(mover[what]()), (error) => {
          assert.ok(error instanceof WorkerError, String(error));
          assert.match(error.message, /its pages do not go on/);
          return true;
        });
        assert.ok(asked <= 3 * around + 1, `${what}: ${asked} requests`);
      } finally {
        await server.shutdown();
      }
    }
  }
});
