// A process of three_processes.ts: `<database> <sandbox's URL> <client id> <client secret> <location id> <clock ahead, ms> <ms>`.
import { Connections } from "../../src/connections/connections.ts";
import { DenoKvStore } from "../../src/stores/deno_kv_store.ts";
import { retryWhileLocked } from "../../src/stores/retry_while_locked.ts";

const [
  database = "",
  baseUrl = "",
  clientId = "",
  clientSecret = "",
  locationId = "",
  ahead = "",
  length = "",
] = Deno.args;
using kv = await retryWhileLocked(() => Deno.openKv(database));
const now = (): number => Date.now() + Number(ahead);
const connections = new Connections({
  app: { clientId, clientSecret, baseUrl },
  store: new DenoKvStore(kv, { now }),
  now,
});

/** How often a call gave a new token, or ended with this code. */
const outcomes: Record<string, number> = {};
const endsAt = performance.now() + Number(length);
let rejected = "";
while (performance.now() < endsAt) {
  // Every token is used up by one call, as if HighLevel refused it: whoever has none that is new refreshes.
  const outcome = await connections.accessToken({ locationId }, { rejected }).then(
    (token) => {
      const isNew = token !== rejected;
      rejected = token;
      return isNew ? "token" : "the same token";
    },
    (error: unknown) => error instanceof Error && "code" in error ? `${error.code}` : `${error}`,
  );
  outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
  await new Promise((resolve) => setTimeout(resolve, Math.random() * 50));
}
console.log(JSON.stringify(outcomes));
