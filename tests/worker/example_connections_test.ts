import { deepEqual, equal } from "node:assert/strict";
import { createSandbox } from "../../src/sandbox/mod.ts";
import { STATUSES } from "../../src/stores/status.ts";
import { exampleConnections } from "../../tasks/example_connections.ts";
import { startWorld } from "./worker_world.ts";

Deno.test("`deno task dev` begins with connections of every status, also over what the last time left", async () => {
  let sandbox = fresh();
  await using world = await startWorld({ sandbox, upstream: (request) => sandbox.handler(request) });
  await exampleConnections({ sandbox, call: world.call });
  sandbox = fresh(); // the miniature begins anew, what the worker stored is still there
  const examples = await exampleConnections({ sandbox, call: world.call });
  for (const { path, status } of examples) equal((await world.json(path)).body.status, status, path);
  deepEqual(new Set(examples.map(({ status }) => status)), new Set(STATUSES));
});

function fresh(): ReturnType<typeof createSandbox> {
  return createSandbox({ seed: 1, app: { redirectUri: "https://worker.example/oauth/callback" } });
}
