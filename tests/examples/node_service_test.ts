import assert from "node:assert/strict";
import { nodePath } from "../conformance/runtimes/installed.ts";
import config from "../../deno.json" with { type: "json" };
import { npm, packedPackage } from "../imports/packed.ts";
import { ROOT } from "../project/root.ts";
import { startPostgres } from "../stores/servers/postgres.ts";
import { servedSandbox } from "./served_sandbox.ts";
import { started } from "./started.ts";

const FILES = ["connections.mjs", "handlers.mjs", "express.mjs", "hono.mjs", "maintain.mjs"];

const node = await nodePath();
const postgres = node === undefined ? undefined : await startPostgres();
Deno.test.afterAll(() => postgres?.stop());

Deno.test({
  name:
    "node_service: Express and Hono on one Postgres install, answer, forget and are kept alive by cron, together",
  ignore: postgres === undefined,
  fn: async () => {
    await using packed = await packedPackage();
    await using world = await servedSandbox();
    const { sandbox, folder } = world;
    for (const file of FILES) {
      await Deno.copyFile(`${ROOT}/examples/node_service/${file}`, `${folder}/${file}`);
    }
    await Deno.writeTextFile(`${folder}/package.json`, `{"private":true}`);
    const { imports } = config;
    const libraries = [imports.pg, imports.express, imports.hono, imports["@hono/node-server"]];
    const install = ["install", "--prefer-offline", "--no-audit", "--no-fund"];
    await npm([...install, packed.tarball, ...libraries.map((pin) => pin.slice(4))], folder);
    const options = {
      cwd: folder,
      env: {
        ...world.env,
        PORT: "0",
        DATABASE_URL: postgres?.url ?? "",
        HIGHLEVEL_WEBHOOK_PUBLIC_KEY: await sandbox.webhookPublicKey(),
      },
    };
    await using express = await started(node ?? "node", ["express.mjs"], options);
    await using hono = await started(node ?? "node", ["hono.mjs"], options);

    const [one, other] = [sandbox.addLocation({ name: "A café" }), sandbox.addLocation({ name: "A spa" })];
    for (const [{ url }, target] of [[express, one], [hono, other]] as const) {
      const code = sandbox.authorize({ locationId: target.locationId });
      assert.deepEqual(await answerOf(`${url}/oauth/callback?code=${code}`), [200, {
        connected: target.locationId,
      }]);
      assert.equal((await answerOf(`${url}/oauth/callback`))[0], 400);
    }
    sandbox.resetCounts();
    for (const { url } of [express, hono]) {
      const [status, body] = await answerOf(`${url}/locations/${one.locationId}`);
      assert.equal(status, 200);
      assert.match(JSON.stringify(body), /A café/);
    }
    assert.equal(sandbox.counts.total, 2, "either process has the token that the other one got");

    sandbox.expireAccessTokens();
    const asked = Array.from(
      { length: 60 },
      (_, i) => answerOf(`${(i % 2 === 0 ? express : hono).url}/locations/${one.locationId}`),
    );
    for (const [status] of await Promise.all(asked)) assert.equal(status, 200);
    assert.deepEqual([sandbox.counts.refresh, sandbox.counts.spentRefreshTokenUses], [1, 0]);

    const rounds = [1, 2].map(() => maintained(node ?? "node", options));
    const [first = "", second = ""] = await Promise.all(rounds);
    assert.equal(sandbox.counts.spentRefreshTokenUses, 0, "two rounds at once are in nobody's way");
    assert.doesNotMatch(first + second, /failed|required/);

    for (const { url } of [express, hono]) {
      const forged = { method: "POST", body: "{}", headers: { "content-type": "application/json" } };
      assert.equal((await answerOf(`${url}/webhooks`, forged))[0], 401);
    }
    const webhook = await sandbox.signWebhook(sandbox.webhook("UNINSTALL", { locationId: one.locationId }));
    assert.deepEqual(await answerOf(`${express.url}/webhooks`, { method: "POST", ...webhook }), [200, {
      type: "UNINSTALL",
    }]);
    assert.deepEqual(await answerOf(`${hono.url}/webhooks`, { method: "POST", ...webhook }), [200, {
      seen: true,
    }]);
    const [status, gone] = await answerOf(`${hono.url}/locations/${one.locationId}`);
    assert.equal(status, 502);
    assert.match(JSON.stringify(gone), /"code"/);
  },
});

async function answerOf(url: string, init: RequestInit = {}): Promise<[status: number, body: unknown]> {
  const response = await fetch(url, init);
  return [response.status, await response.json()];
}

/** Runs the cron job to its end; gives what it wrote. */
async function maintained(
  node: string,
  options: { readonly cwd: string; readonly env: Record<string, string> },
): Promise<string> {
  const { code, stdout, stderr } = await new Deno.Command(node, { args: ["maintain.mjs"], ...options })
    .output();
  const decoder = new TextDecoder();
  assert.equal(code, 0, decoder.decode(stderr));
  return decoder.decode(stdout);
}
