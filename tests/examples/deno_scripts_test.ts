import assert from "node:assert/strict";
import { Connections, DenoKvStore, sealed } from "../../mod.ts";
import { ROOT } from "../project/root.ts";
import { type ServedSandbox, servedSandbox } from "./served_sandbox.ts";
import { started } from "./started.ts";

Deno.test("recover_csv.ts recovers a CSV and tells how each location ended", async () => {
  await using world = await servedSandbox();
  const { sandbox, folder } = world;
  const lost = Array.from({ length: 40 }, () => sandbox.addLocation().locationId);
  const paused = sandbox.addLocation({ active: false }).locationId;
  const gone = sandbox.addLocation({ installed: false }).locationId;
  const rows = [...lost, paused, gone, ...lost.slice(0, 3)].map((id) => `Some Name,${id}`);
  await Deno.writeTextFile(`${folder}/lost.csv`, ["name,locationId", ...rows, ""].join("\r\n"));

  const { code, stdout, stderr } = await runExample("recover_csv.ts", ["lost.csv", "tokens.db"], world);
  assert.equal(code, 1, stderr);
  const [header, ...ended] = stdout.trimEnd().split("\n");
  assert.equal(header, "location_id,outcome,by,trace_id,authorization_url");
  assert.equal(ended.filter((row) => /^\w+,recovered,reconnect,[\w-]+,$/.test(row)).length, 40);
  assert.ok(ended.some((row) => row.startsWith(`${paused},paused,`)));
  assert.ok(
    ended.some((row) => row.startsWith(`${gone},reauthorization_required,`) && row.includes("https://")),
  );
  assert.match(stderr, /\{"recovered":40,"paused":1,"reauthorization_required":1,"failed":0\}/);
  assert.equal(sandbox.counts.exchange, 40, "a location named twice is recovered once");
  for (const secret of sandbox.issuedSecrets()) assert.ok(!(stdout + stderr).includes(secret));

  await Deno.writeTextFile(`${folder}/snake.csv`, `location_id\n${lost[0]}\n`);
  assert.equal((await runExample("recover_csv.ts", ["snake.csv", "tokens.db"], world)).code, 0);

  sandbox.resetCounts();
  using kv = await Deno.openKv(`${folder}/tokens.db`);
  const token = await connectionsOver(kv, world).accessToken({ locationId: lost[7] ?? "" });
  assert.ok(sandbox.isLiving(token));
  assert.equal(sandbox.counts.total, 0, "it was in the store");
});

Deno.test("import_sdk_mongo.ts takes over living and ended tokens of its own app, and no other's", async () => {
  await using world = await servedSandbox();
  const { sandbox, folder } = world;
  const [living, ended] = [sandbox.addLocation(), sandbox.addLocation()];
  const { companyId } = sandbox.addCompany();
  const applicationId = sandbox.app.clientId.split("-")[0];
  const hour = 3_600_000;
  const documents = [
    { resourceId: living.locationId, ...sandbox.install(living), expire_at: Date.now() + 20 * hour },
    {
      resourceId: ended.locationId,
      ...sandbox.install(ended),
      access_token: "an-access-token-that-does-not-tell",
      expire_at: { $numberLong: `${Date.now() - hour}` },
    },
    { resourceId: companyId, ...sandbox.install({ companyId }), expire_at: Date.now() + 20 * hour },
  ].map((document) => ({ _id: { $oid: "65f0c0de0000000000000000" }, applicationId, ...document }));
  const strangers = { ...documents[0], applicationId: "65f0c0de0000000000000000" };
  await Deno.writeTextFile(`${folder}/sessions.json`, JSON.stringify([...documents, strangers]));

  const { code, stdout, stderr } = await runExample(
    "import_sdk_mongo.ts",
    ["sessions.json", "tokens.db"],
    world,
  );
  assert.equal(code, 0, stderr);
  assert.match(stdout, new RegExp(`${living.locationId}: lives`));
  assert.match(stdout, new RegExp(`${ended.locationId}: will be refreshed`));
  assert.match(stdout, /3 of 4 taken over/);
  for (const secret of sandbox.issuedSecrets()) assert.ok(!(stdout + stderr).includes(secret));

  using kv = await Deno.openKv(`${folder}/tokens.db`);
  const connections = connectionsOver(kv, world);
  for (const target of [living, ended, { companyId }]) {
    assert.ok(sandbox.isLiving(await connections.accessToken(target)), JSON.stringify(target));
  }
  assert.deepEqual(
    [sandbox.counts.refresh, sandbox.counts.total],
    [1, 1],
    "only the ended one was refreshed",
  );
});

Deno.test("deno_deploy.ts acts on a signed INSTALL once, forgets on UNINSTALL, and refuses forgeries", async () => {
  await using world = await servedSandbox();
  const { sandbox, folder, env } = world;
  const { locationId } = sandbox.addLocation();
  const args = [
    "serve",
    "--config",
    `${ROOT}/deno.json`,
    "--host",
    "127.0.0.1",
    "--port",
    "0",
    "--unstable-kv",
  ];
  await using server = await started(Deno.execPath(), [
    ...args,
    "--allow-env",
    "--allow-net",
    "--allow-read",
    "--allow-write",
    `${ROOT}/examples/deno_deploy.ts`,
  ], {
    cwd: folder,
    env: {
      ...env,
      KV_PATH: `${folder}/tokens.db`,
      HIGHLEVEL_WEBHOOK_PUBLIC_KEY: await sandbox.webhookPublicKey(),
    },
  });
  const deliver = async (
    webhook: { body: string; headers: Readonly<Record<string, string>> },
  ): Promise<number> => {
    const response = await fetch(server.url, { method: "POST", ...webhook });
    await response.body?.cancel();
    return response.status;
  };
  const install = await sandbox.signWebhook(sandbox.webhook("INSTALL", { locationId }));
  assert.equal(await deliver({ ...install, body: install.body.replace("INSTALL", "UNINSTALL") }), 401);
  assert.equal(await deliver(install), 204);
  assert.deepEqual([sandbox.counts.reconnect, sandbox.counts.exchange, sandbox.counts.createContact], [
    1,
    1,
    1,
  ]);
  assert.equal(await deliver(install), 204);
  assert.equal(sandbox.counts.createContact, 1, "a repeated delivery does nothing");
  const uninstall = await sandbox.signWebhook(sandbox.webhook("UNINSTALL", { locationId }));
  assert.equal(await deliver(uninstall), 204);
  assert.equal(await deliver(await sandbox.signWebhook(sandbox.webhook("INSTALL", { locationId }))), 503);
  assert.equal(sandbox.counts.total, 3, "what is forgotten is not asked for");
});

function connectionsOver(kv: Deno.Kv, { sandbox, baseUrl, env }: ServedSandbox): Connections {
  const { clientId, clientSecret } = sandbox.app;
  const store = sealed(new DenoKvStore(kv), { keys: env.SEALING_KEYS?.split(",") ?? [] });
  return new Connections({ app: { clientId, clientSecret, baseUrl }, store });
}

async function runExample(
  file: string,
  args: readonly string[],
  { folder, env }: ServedSandbox,
): Promise<{ code: number; stdout: string; stderr: string }> {
  const permissions = ["--allow-env", "--allow-net", "--allow-read", "--allow-write"];
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--unstable-kv", "--no-prompt", ...permissions, `${ROOT}/examples/${file}`, ...args],
    cwd: folder,
    env: { NO_COLOR: "1", ...env },
  }).output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}
