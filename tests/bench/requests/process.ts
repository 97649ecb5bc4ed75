// A process of processes.ts: `<ours|sdk> <database> <sandbox's URL> <client id> <client secret> <callers>`.
import { retryWhileLocked } from "../../../src/stores/retry_while_locked.ts";
import { reconnectContender } from "./reconnect.ts";
import { LOCATION } from "./scenarios.ts";
import { sdkContender } from "./sdk.ts";

const [which = "", database = "", baseUrl = "", clientId = "", clientSecret = "", callers = "0"] = Deno.args;
const contender = which === "ours" ? reconnectContender : await sdkContender();
using kv = await retryWhileLocked(() => Deno.openKv(database));
const client = contender.onKv({ clientId, clientSecret, baseUrl }, kv);

// All processes begin at once: each says that it is ready and waits for a byte.
console.log("ready");
await Deno.stdin.read(new Uint8Array(1));

const results = await Promise.allSettled(
  Array.from({ length: Number(callers) }, () => client.call(LOCATION.locationId)),
);
console.log(results.filter(({ status }) => status === "rejected").length);
