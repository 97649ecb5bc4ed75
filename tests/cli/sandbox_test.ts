import assert from "node:assert/strict";
import { cliWorld, finish } from "./cli_world.ts";

Deno.test("sandbox serves lost connections and prints what leads a recovery there", async () => {
  await using world = cliWorld();
  const flags = [
    "--port",
    "0",
    "--connections",
    "12",
    "--paused",
    "1",
    "--uninstalled",
    "2",
    "--write-ids",
    "ids.csv",
  ];
  const server = world.start(["sandbox", ...flags]);
  const reader = server.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  while (!text.includes("token --location")) {
    const { done, value } = await reader.read();
    assert.ok(!done, text);
    text += value;
  }
  const env = Object.fromEntries(
    [...text.matchAll(/^export (\w+)='([^']*)'$/gm)].map(([, name = "", value = ""]) => [name, value]),
  );
  assert.deepEqual(Object.keys(env), [
    "HIGHLEVEL_BASE_URL",
    "HIGHLEVEL_CLIENT_ID",
    "HIGHLEVEL_CLIENT_SECRET",
    "HIGHLEVEL_REDIRECT_URI",
    "HIGHLEVEL_SCOPES",
  ]);
  assert.equal(world.read("ids.csv").trimEnd().split("\n").length, 13);
  const { code, out } = await world.run(["recover", "--file", "ids.csv"], { env });
  assert.equal(code, 1);
  assert.match(out, /12 connections: 9 recovered, 1 paused, 2 need a person/);
  const company = /company (\w+);/.exec(text)?.[1] ?? "";
  assert.match((await world.run(["reconcile", "--company", company], { env })).out, /10 locations installed/);
  server.kill("SIGINT");
  await reader.cancel();
  await server.stderr.cancel();
  assert.equal((await server.status).code, 0);
});

Deno.test("sandbox tells a port that is taken, and counts that cannot be", async () => {
  await using world = cliWorld();
  const taken = new URL(world.env.HIGHLEVEL_BASE_URL ?? "").port;
  const busy = await finish(world.start(["sandbox", "--port", taken]));
  assert.equal(busy.code, 2);
  assert.match(busy.err, /--port \d+ cannot be used/);
  const many = await finish(world.start(["sandbox", "--connections", "1", "--paused", "2"]));
  assert.equal(many.code, 2);
  assert.match(many.err, /more than --connections/);
});
