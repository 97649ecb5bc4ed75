import assert from "node:assert/strict";
import v8 from "node:v8";
import vm from "node:vm";
import { Connections } from "../../src/connections/connections.ts";
import type { ConnectionTarget } from "../../src/oauth/target.ts";
import type { TokenStore } from "../../src/stores/token_store.ts";

/** HighLevel and a store that remember nothing, so that what grows is ours. */
function forgetful() {
  let requests = 0;
  const fetch = (input: string, init: RequestInit): Promise<Response> => {
    requests++;
    const { locationId = "" } = input.endsWith("/oauth/reconnect") ? JSON.parse(String(init.body)) : {};
    const body = locationId
      ? {
        authorizationCode: `code-of-${locationId}`,
        expiresAt: "2030-01-01T00:00:00.000Z",
        traceId: "trace",
      }
      : {
        access_token: "x".repeat(1000),
        refresh_token: "y".repeat(1000),
        expires_in: 86_399,
        userType: "Location",
      };
    return Promise.resolve(new Response(JSON.stringify(body)));
  };
  const store: TokenStore = {
    get: () => Promise.resolve(undefined),
    put: () => Promise.resolve(true),
    delete: () => Promise.resolve(),
    list: () => Promise.resolve({ entries: [] }),
  };
  const connections = new Connections({ app: { clientId: "app-one", clientSecret: "secret", fetch }, store });
  return { connections, requests: () => requests };
}

function* targets(count: number): Generator<ConnectionTarget> {
  for (let i = 0; i < count; i++) yield { locationId: `location${String(i).padStart(12, "0")}` };
}

/** Collects garbage: what is held shows only then. */
const collect: () => void = (() => {
  v8.setFlagsFromString("--expose-gc");
  return vm.runInNewContext("gc");
})();

/** What a run of `count` still holds at its last result, above what was held before it, MiB. */
async function held(count: number): Promise<number> {
  const { connections, requests } = forgetful();
  collect();
  const before = Deno.memoryUsage().heapUsed;
  let after = 0;
  let done = 0;
  for await (const { outcome } of connections.recoverAll(targets(count))) {
    assert.equal(outcome, "recovered");
    if (++done < count) continue;
    collect();
    after = Deno.memoryUsage().heapUsed;
  }
  assert.equal(done, count);
  assert.equal(requests(), 2 * count, "two requests each");
  return (after - before) / 2 ** 20;
}

Deno.test("recovering 50,000 connections holds little more memory than 10,000: ids, and two requests each", async () => {
  await held(2_000); // warms up
  const small = await held(10_000);
  const large = await held(50_000);
  console.log(`10,000: ${small.toFixed(1)} MiB, 50,000: ${large.toFixed(1)} MiB`);
  // 40,000 ids are about 4 MiB; results or token sets that were kept would be 80 MiB and more.
  assert.ok(large - Math.max(0, small) < 8, `${small} MiB and ${large} MiB`);
});
