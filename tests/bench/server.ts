// HighLevel in a process of its own, so that its work is not the caller's: `server.ts plain` answers everything at once
// with a little JSON; `server.ts sandbox <locations> <latency ms>` is the sandbox, with the app installed everywhere.
import { createSandbox } from "../../src/sandbox/mod.ts";

const [kind = "plain", locations = "0", latencyMs = "0"] = Deno.args;
const sandbox = createSandbox({
  rateLimit: false,
  locations: Number(locations),
  latencyMs: Number(latencyMs),
  keepRequests: 1,
  keepBodies: 1,
});
const headers = { "content-type": "application/json" };
const handler = kind === "sandbox"
  ? sandbox.handler
  : () => new Response(`{"location":{"id":"benchLocation00000000"}}`, { headers });
const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, handler);
const { clientId, clientSecret } = sandbox.app;
console.log(JSON.stringify({
  app: { clientId, clientSecret, baseUrl: `http://127.0.0.1:${server.addr.port}` },
  locationIds: sandbox.locationIds(),
}));
