// A process of processes_test.ts: `<database> <sandbox's URL> <client id> <client secret> <location id> <callers>`.
import { Connections } from "../../src/connections/connections.ts";
import { DenoKvStore } from "../../src/stores/deno_kv_store.ts";
import { retryWhileLocked } from "../../src/stores/retry_while_locked.ts";

const [database = "", baseUrl = "", clientId = "", clientSecret = "", locationId = "", callers = "0"] =
  Deno.args;
using kv = await retryWhileLocked(() => Deno.openKv(database));
const connections = new Connections({
  app: { clientId, clientSecret, baseUrl },
  store: new DenoKvStore(kv),
});

// All processes begin at once: each says that it is ready and waits for a byte.
console.log("ready");
await Deno.stdin.read(new Uint8Array(1));

const tokens = await Promise.all(
  Array.from({ length: Number(callers) }, () => connections.accessToken({ locationId })),
);
console.log(JSON.stringify([...new Set(tokens)]));
