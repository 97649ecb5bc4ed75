import assert from "node:assert/strict";
import { ROOT } from "../project/root.ts";
import { importLost } from "../worker/calls.ts";
import { KEYS, SANDBOX_APP, startWorld } from "../worker/worker_world.ts";
import { servedSandbox } from "./served_sandbox.ts";
import { started } from "./started.ts";

Deno.test("other_service.ts answers by a deployed worker's tokens, heals, and shows a person his link", async () => {
  await using served = await servedSandbox({ app: SANDBOX_APP });
  const { sandbox, folder, baseUrl } = served;
  await using world = await startWorld({ sandbox });
  const [living, gone] = [
    sandbox.addLocation({ name: "A café" }).locationId,
    sandbox.addLocation().locationId,
  ];
  await importLost(world, { locationId: gone });
  await using service = await started(
    Deno.execPath(),
    [
      "run",
      "--allow-env",
      "--allow-net",
      "--config",
      `${ROOT}/deno.json`,
      `${ROOT}/examples/other_service.ts`,
    ],
    {
      cwd: folder,
      env: {
        RECONNECT_URL: String(await world.miniflare.ready),
        RECONNECT_KEY: KEYS.service,
        HIGHLEVEL_BASE_URL: baseUrl,
        PORT: "0",
      },
    },
  );
  const ask = async (path: string): Promise<[number, Record<string, unknown>]> => {
    const response = await fetch(service.url + path);
    return [response.status, await response.json()];
  };
  assert.equal((await ask(`/locations/${living}/contacts`))[0], 200);
  sandbox.loseTokens();
  const [status, healed] = await ask(`/locations/${living}/contacts`);
  assert.equal(status, 200);
  assert.match(JSON.stringify(healed), /A café/);
  assert.deepEqual(await ask(`/locations/${living}/health`), [200, { action: "none" }]);
  const [refused, { code, authorizationUrl }] = await ask(`/locations/${gone}/contacts`);
  assert.deepEqual([refused, code], [409, "reauthorization_required"]);
  const [, health] = await ask(`/locations/${gone}/health`);
  assert.equal(health.action, "relink");
  for (const url of [authorizationUrl, health.url]) assert.match(String(url), /^https:\/\//);
});
