import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { cliWorld } from "./cli_world.ts";

Deno.test("connections are kept in one SQLite file that only its owner can read, whatever lies beside it", async () => {
  await using world = cliWorld({ locations: [{ locationId: "aaa" }] });
  assert.equal((await world.run(["recover", "--location", "aaa"])).code, 0);
  const files = [...Deno.readDirSync(world.folder)].map(({ name }) => name).filter((name) =>
    !/recovered/.test(name)
  );
  assert.ok(files.includes("highlevel-connections.sqlite"), `${files}`);
  // While it is open there are two more.
  const database = new DatabaseSync(`${world.folder}/highlevel-connections.sqlite`);
  database.exec("begin immediate");
  for (const { name } of Deno.readDirSync(world.folder)) {
    if (name.includes(".sqlite")) {
      assert.equal((Deno.statSync(`${world.folder}/${name}`).mode ?? 0) & 0o077, 0, name);
    }
  }
  database.exec("rollback");
  assert.deepEqual(
    database.prepare("select key, status from highlevel_records").all().map((row) => ({ ...row })),
    [{ key: `${world.sandbox.app.clientId.split("-")[0]}/location/aaa`, status: "connected" }],
  );
  database.close();
});

Deno.test("eight commands that make a file at the same moment all work on it", async () => {
  const ids = Array.from({ length: 8 }, (_, i) => `location${i}`);
  await using world = cliWorld({ locations: ids.map((locationId) => ({ locationId })) });
  const runs = ids.map((id) => world.run(["recover", "--location", id, "--journal", `${id}.recovered`]));
  for (const { code, err } of await Promise.all(runs)) assert.equal(code, 0, err);
  assert.match((await world.run(["list"])).err, /8 connections: 8 connected/);
});

Deno.test("what SQLite says of a file or a disk that fails is told by SQLite's own name of it", async () => {
  await using world = cliWorld({ locations: [{ locationId: "aaa" }] });
  assert.equal((await world.run(["recover", "--location", "aaa"])).code, 0);
  const path = `${world.folder}/highlevel-connections.sqlite`;
  const database = new DatabaseSync(path);
  const [{ rootpage } = {}] = database.prepare(
    "select rootpage from sqlite_schema where name = 'highlevel_records'",
  ).all();
  const [{ page_size } = {}] = database.prepare("pragma page_size").all();
  database.close();
  using file = Deno.openSync(path, { write: true });
  file.seekSync((Number(rootpage) - 1) * Number(page_size), Deno.SeekMode.Start);
  file.writeSync(new Uint8Array(Number(page_size)).fill(0xff));
  const { code, err } = await world.run(["show", "--location", "aaa"]);
  assert.deepEqual([code, /the store threw Error \(SQLITE_CORRUPT\)/.test(err)], [1, true], err);
});

Deno.test("the Deno KV file of an earlier version is found: nothing seems lost, and both ways on are told", async () => {
  await using world = cliWorld({ locations: [{ locationId: "aaa" }] });
  const former = ["--store", "deno-kv:highlevel-connections.sqlite3"];
  assert.equal((await world.run(["recover", "--location", "aaa", ...former])).code, 0);
  const { code, err } = await world.run(["list"]);
  assert.equal(code, 2);
  assert.match(
    err,
    /Deno KV file of an earlier version\. Go on with it: --store deno-kv:highlevel-connections\.sqlite3; or begin a new file: --store sqlite:highlevel-connections\.sqlite\./,
  );
  assert.match((await world.run(["list", ...former])).err, /1 connection: 1 connected/);
  const begun = await world.run(["list", "--store", "sqlite:highlevel-connections.sqlite"]);
  assert.match(begun.err, /0 connections in/);
  assert.equal((await world.run(["list"])).code, 0, "who has begun a new file is not asked again");
});

Deno.test("a file of the other kind is named for what it is, and not written to", async () => {
  await using world = cliWorld({ locations: [{ locationId: "aaa" }] });
  for (const [made, opened, name] of [["sqlite", "deno-kv", "SQLite"], ["deno-kv", "sqlite", "Deno KV"]]) {
    const path = `made-by-${made}.db`;
    assert.equal((await world.run(["recover", "--location", "aaa", "--store", `${made}:${path}`])).code, 0);
    const { code, err } = await world.run(["list", "--store", `${opened}:${path}`]);
    assert.equal(code, 2);
    assert.match(err, new RegExp(`${path} is a ${name} file: --store ${made}:${path}`));
    assert.match((await world.run(["list", "--store", `${made}:${path}`])).err, /1 connection: 1 connected/);
  }
});

Deno.test("a database's server that takes the connection and says nothing is given up within 10 s, and told", async () => {
  await using world = cliWorld({ locations: [] });
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const taken: Deno.Conn[] = [];
  const taking = (async () => {
    for await (const connection of listener) taken.push(connection);
  })();
  const addresses = ["postgres", "redis"].map((kind) => `${kind}://127.0.0.1:${listener.addr.port}`);
  const runs = await Promise.all(addresses.map((address) => world.run(["list", "--store", address])));
  for (const [index, { code, err }] of runs.entries()) {
    assert.equal(code, 2, err);
    assert.match(err, new RegExp(`--store: ${addresses[index]}.* cannot be opened: no answer within 10 s`));
  }
  assert.ok(taken.length >= 2);
  for (const connection of taken) connection.close();
  listener.close();
  await taking;
});
