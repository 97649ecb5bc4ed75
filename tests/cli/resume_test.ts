import assert from "node:assert/strict";
import { assertNoSecret, type CliWorld, cliWorld, csvOf, finish } from "./cli_world.ts";
import { until } from "../until.ts";

const COUNT = 120;

function slowWorld(): CliWorld {
  const world = cliWorld({ locations: COUNT, latencyMs: 15 });
  world.write("ids.csv", csvOf(world.sandbox.locationIds()));
  return world;
}

const RUN = ["recover", "--file", "ids.csv", "--concurrency", "4"];

Deno.test("SIGINT finishes what is in flight, says how to go on, and --resume does only the rest", async () => {
  await using world = slowWorld();
  const child = world.start([...RUN, "--json"]);
  await until(() => world.sandbox.counts.exchange >= 20);
  child.kill("SIGINT");
  const first = await finish(child);
  assert.equal(first.code, 1);
  assert.match(first.err, /Stopping: finishing what is in flight\./);
  assert.match(first.err, /in \d+\.\d s\. Interrupted\.\n/);
  assert.match(first.err, /with --resume \(highlevel-connections\.sqlite\.recovered\)/);
  assertNoSecret(world.sandbox, first.out + first.err);
  const done = first.out.split('"outcome":"recovered"').length - 1;
  assert.equal(world.sandbox.counts.exchange, done, "every connection that was begun was finished and told");
  assert.ok(done >= 20 && done < COUNT);

  world.sandbox.resetCounts();
  const second = await world.run([...RUN, "--resume"]);
  assert.equal(second.code, 0);
  assert.match(second.err, new RegExp(`Resuming: ${done} connections recovered before are left alone\\.`));
  assert.match(second.out, new RegExp(`${COUNT - done} connections: ${COUNT - done} recovered`));
  assert.equal(world.sandbox.counts.exchange, COUNT - done);
  assert.equal(world.sandbox.counts.refresh, 0);
  assert.throws(() => world.read("highlevel-connections.sqlite.recovered"), Deno.errors.NotFound);
});

Deno.test("a run killed at any moment is resumed, and every connection lives", async () => {
  await using world = slowWorld();
  const child = world.start([...RUN, "--resume"]);
  await until(() => world.sandbox.counts.exchange >= 25);
  child.kill("SIGKILL");
  assert.equal((await finish(child)).code, 137);
  const journal = world.read("highlevel-connections.sqlite.recovered").split("\n").filter((line) =>
    /^location /.test(line)
  );
  const last = await world.run([...RUN, "--resume"]);
  assert.equal(last.code, 0);
  assert.match(last.err, new RegExp(`Resuming: ${journal.length} connections`));
  const held = await world.run(["list", "--json"]);
  assert.equal(held.out.split('"status":"connected"').length - 1, COUNT);
  for (const id of world.sandbox.locationIds().filter((_, index) => index % 40 === 0)) {
    assert.ok(world.sandbox.isLiving(await world.token(id)), id);
  }
});

Deno.test("a run killed and begun anew without --resume leaves every connection alive too", async () => {
  await using world = slowWorld();
  const child = world.start(RUN);
  await until(() => world.sandbox.counts.exchange >= 30);
  child.kill("SIGKILL");
  await finish(child);
  assert.equal((await world.run(RUN)).code, 0);
  const held = await world.run(["list", "--json"]);
  assert.equal(held.out.split('"status":"connected"').length - 1, COUNT);
});

Deno.test("--resume tries again what was not recovered, and only that", async () => {
  await using world = cliWorld({
    locations: [{ locationId: "aaa" }, { locationId: "off", active: false }, {
      locationId: "gone",
      installed: false,
    }],
  });
  world.write("ids.csv", csvOf(["aaa", "off", "gone"]));
  assert.equal((await world.run(["recover", "--file", "ids.csv", "--journal", "run.txt"])).code, 1);
  assert.equal(world.read("run.txt"), "# recovered by highlevel-reconnect\nlocation aaa\n");
  world.sandbox.resume("off");
  world.sandbox.install({ locationId: "gone" });
  world.sandbox.resetCounts();
  const { code, out } = await world.run(["recover", "--file", "ids.csv", "--journal", "run.txt", "--resume"]);
  assert.equal(code, 0);
  assert.match(out, /2 connections: 2 recovered/);
  assert.equal(world.sandbox.counts.exchange, 2);
});

Deno.test("a journal never overwrites a file that is something else", async () => {
  await using world = cliWorld({ locations: [{ locationId: "aaa" }] });
  world.write("notes.txt", "dear diary\n");
  for (const more of [[], ["--resume"]]) {
    const { code, err } = await world.run([
      "recover",
      "--location",
      "aaa",
      "--journal",
      "notes.txt",
      ...more,
    ]);
    assert.equal(code, 2);
    assert.match(err, /--journal: notes\.txt is no journal of a recovery/);
  }
  assert.equal(world.read("notes.txt"), "dear diary\n");
});

Deno.test("a journal that is no file of its own, such as /dev/null, is not removed at the end", async () => {
  await using world = cliWorld({ locations: [{ locationId: "aaa" }] });
  const link = `${world.folder}/nowhere`;
  Deno.symlinkSync("/dev/null", link); // of which /dev has no copy, should this fail
  const { code, err } = await world.run(["recover", "--location", "aaa", "--journal", "nowhere"]);
  assert.equal(code, 0, err);
  assert.equal(Deno.readLinkSync(link), "/dev/null");
});
