import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { Connections, DenoKvStore, SqlStore } from "../../mod.ts";
import { tokenSetFrom } from "../../src/oauth/token_set.ts";
import { ROOT } from "../project/root.ts";
import { openStoreAt } from "../stores/open_store_at.ts";
import { startPgBouncer } from "../stores/servers/pgbouncer.ts";
import { startPostgres } from "../stores/servers/postgres.ts";
import { servedSandbox } from "./served_sandbox.ts";
import { started } from "./started.ts";

const postgres = await startPostgres();
const pooler = postgres && await startPgBouncer(postgres);
Deno.test.afterAll(async () => {
  await pooler?.stop();
  await postgres?.stop();
});

const RUN = ["run", "-A", "--config", `${ROOT}/deno.json`];

Deno.test("deno_cron.ts takes an installation, answers, and keeps it alive by its cron job", async () => {
  await using world = await servedSandbox({ expiresIn: 60 }); // tokens that are always due
  const { sandbox, folder, env } = world;
  const preload = `--preload=${ROOT}/tests/examples/cron_at_once.ts`;
  await using service = await started(
    Deno.execPath(),
    [...RUN, "--unstable-cron", preload, `${ROOT}/examples/deno_cron.ts`],
    { cwd: folder, env: { ...env, PORT: "0" } },
  );
  const { locationId } = sandbox.addLocation({ name: "A café" });
  const code = sandbox.authorize({ locationId });
  const installed = await fetch(`${service.url}/oauth/callback?code=${code}`);
  assert.deepEqual(await installed.json(), { connected: { locationId } });
  await until("the job has refreshed it twice", () => sandbox.counts.refresh >= 2);
  const answer = await fetch(`${service.url}/locations/${locationId}`);
  assert.match(await answer.text(), /A café/);
  assert.equal((await fetch(`${service.url}/elsewhere`)).status, 404);
  assert.equal(
    (Deno.statSync(`${folder}/connections.sqlite`).mode ?? 0) & 0o077,
    0,
    "only its owner reads it",
  );
  assert.equal(sandbox.counts.spentRefreshTokenUses, 0);
});

Deno.test({
  name:
    "supabase_edge takes an installation and webhooks, and keeps alive, through a pooler in transaction mode",
  ignore: pooler === undefined,
  fn: async () => {
    // As its migration does.
    const { close } = await openStoreAt({ driver: "postgres", at: postgres?.url ?? "" });
    await close();
    await using world = await servedSandbox();
    const { sandbox, folder, env } = world;
    await using edge = await started(Deno.execPath(), [...RUN, `${ROOT}/examples/supabase_edge/index.ts`], {
      cwd: folder,
      env: {
        ...env,
        PORT: "0",
        SUPABASE_DB_URL: pooler?.url ?? "",
        MAINTAIN_KEY: "the-key",
        HIGHLEVEL_WEBHOOK_PUBLIC_KEY: await sandbox.webhookPublicKey(),
      },
    });
    const call = (path: string, init: RequestInit = {}) => fetch(`${edge.url}/highlevel${path}`, init);
    const { locationId } = sandbox.addLocation();
    const installed = await call(`/oauth/callback?code=${sandbox.authorize({ locationId })}`);
    assert.deepEqual(await installed.json(), { connected: { locationId } });

    const refused = await call("/maintain", { method: "POST", headers: { Authorization: "Bearer wrong" } });
    assert.equal(refused.status, 401);
    await refused.body?.cancel();
    const maintain = { method: "POST", headers: { Authorization: "Bearer the-key" } };
    assert.deepEqual(await (await call("/maintain", maintain)).json(), {}, "nothing ends within two hours");

    const uninstall = await sandbox.signWebhook(sandbox.webhook("UNINSTALL", { locationId }));
    for (
      const [webhook, status] of [[{ ...uninstall, body: "{}" }, 401], [uninstall, 204], [
        uninstall,
        204,
      ]] as const
    ) {
      const response = await call("/webhooks", { method: "POST", ...webhook });
      await response.body?.cancel();
      assert.equal(response.status, status);
    }
    assert.equal((await call("/elsewhere")).status, 404);
    sandbox.resetCounts();
    assert.deepEqual(await (await call("/maintain", maintain)).json(), {});
    assert.equal(sandbox.counts.total, 0, "what is forgotten is not asked for");
  },
});

Deno.test("move_deno_kv.ts moves what the old file has, once, and a refresh token moves with it", async () => {
  await using world = await servedSandbox();
  const { sandbox, folder, env } = world;
  const { clientId, clientSecret } = sandbox.app;
  const app = { clientId, clientSecret, baseUrl: world.baseUrl };
  const ids = Array.from({ length: 5 }, () => sandbox.addLocation().locationId);
  {
    using kv = await Deno.openKv(`${folder}/old.sqlite3`);
    const connections = new Connections({ app, store: new DenoKvStore(kv) });
    for (const locationId of ids) {
      await connections.save(
        { locationId },
        tokenSetFrom(sandbox.install({ locationId }), Date.now(), "Location"),
      );
    }
  }
  const move = [...RUN, "--unstable-kv", `${ROOT}/examples/move_deno_kv.ts`, "old.sqlite3", "new.sqlite"];
  for (const said of ["5 moved, 0 were there already\n", "0 moved, 5 were there already\n"]) {
    const { stdout, stderr } = await new Deno.Command(Deno.execPath(), { args: move, cwd: folder, env })
      .output();
    assert.equal(new TextDecoder().decode(stdout), said, new TextDecoder().decode(stderr));
  }
  assert.equal((Deno.statSync(`${folder}/new.sqlite`).mode ?? 0) & 0o077, 0);
  sandbox.expireAccessTokens();
  const database = new DatabaseSync(`${folder}/new.sqlite`);
  const store = new SqlStore({
    dialect: "sqlite",
    query: (text, values) => database.prepare(text).all(...values),
  });
  const connections = new Connections({ app, store, now: () => Date.now() + 86_400_000 });
  for (const locationId of ids) {
    assert.ok(sandbox.isLiving(await connections.accessToken({ locationId })));
  }
  assert.equal(sandbox.counts.reconnect, 0);
  database.close();
});

/** Waits until `isSo`, for half a minute at most. */
async function until(what: string, isSo: () => boolean): Promise<void> {
  const end = performance.now() + 30_000;
  while (!isSo()) {
    assert.ok(performance.now() < end, `half a minute until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
