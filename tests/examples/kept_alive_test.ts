import assert from "node:assert/strict";
import { ROOT } from "../project/root.ts";
import { openStoreAt } from "../stores/open_store_at.ts";
import { startPgBouncer } from "../stores/servers/pgbouncer.ts";
import { startPostgres } from "../stores/servers/postgres.ts";
import { servedSandbox } from "./served_sandbox.ts";
import { started } from "./started.ts";
import { until } from "../until.ts";

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
  await until(() => sandbox.counts.refresh >= 2, "the job has refreshed it twice");
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
