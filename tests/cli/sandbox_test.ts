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
  const { env, text, stop } = await served(world.start(["sandbox", ...flags]));
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
  assert.match(out, /12 connections: 9 recovered, 1 paused, 2 need reauthorization/);
  const company = /agency (\w+);/.exec(text)?.[1] ?? "";
  assert.match((await world.run(["reconcile", "--company", company], { env })).out, /10 locations installed/);
  assert.equal(await stop(), 0);
});

Deno.test("sandbox can lack a scope, and the window in which a refresh is answered again", async () => {
  await using world = cliWorld();
  const flags = ["--port", "0", "--connections", "1", "--write-ids", "ids.csv"];
  const harder = ["--missing-scope", "contacts.readonly", "--no-refresh-window"];
  const { env, stop } = await served(world.start(["sandbox", ...flags, ...harder]));
  assert.match(env["HIGHLEVEL_SCOPES"] ?? "", /contacts\.readonly/, "the app asks for it all the same");
  const [, locationId = ""] = world.read("ids.csv").split("\n");
  const client = { client_id: env["HIGHLEVEL_CLIENT_ID"], client_secret: env["HIGHLEVEL_CLIENT_SECRET"] };
  const post = async (path: string, body: object): Promise<Record<string, string>> => {
    const headers = { "content-type": "application/json" };
    const url = `${env["HIGHLEVEL_BASE_URL"]}${path}`;
    return (await fetch(url, { method: "POST", headers, body: JSON.stringify(body) })).json();
  };
  const { authorizationCode: code } = await post("/oauth/reconnect", {
    clientKey: client.client_id,
    clientSecret: client.client_secret,
    locationId,
  });
  const tokens = await post("/oauth/token", { ...client, grant_type: "authorization_code", code });
  assert.doesNotMatch(tokens["scope"] ?? "", /contacts\.readonly/);
  const spend = { ...client, grant_type: "refresh_token", refresh_token: tokens["refresh_token"] };
  assert.ok((await post("/oauth/token", spend))["access_token"]);
  assert.equal((await post("/oauth/token", spend))["message"], "Invalid grant: refresh token is invalid");
  assert.equal(await stop(), 0);

  const unknown = await finish(world.start(["sandbox", "--missing-scope", "contacts"]));
  assert.equal(unknown.code, 2);
  assert.match(unknown.err, /--missing-scope contacts is no scope/);
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

interface Served {
  readonly env: Readonly<Record<string, string>>;
  readonly text: string;
  /** Interrupts it and tells its exit code. */
  readonly stop: () => Promise<number>;
}

/** What `sandbox` printed, once it serves. */
async function served(server: Deno.ChildProcess): Promise<Served> {
  const reader = server.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  while (!text.includes("token --location")) {
    const { done, value } = await reader.read();
    assert.ok(!done, text);
    text += value;
  }
  const exports = text.matchAll(/^export (\w+)='([^']*)'$/gm);
  return {
    text,
    env: Object.fromEntries(Array.from(exports, ([, name = "", value = ""]) => [name, value])),
    async stop() {
      server.kill("SIGINT");
      await reader.cancel();
      await server.stderr.cancel();
      return (await server.status).code;
    },
  };
}
