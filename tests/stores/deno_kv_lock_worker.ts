// A process of deno_kv_lock_test.ts: `count <db> <file> <times>` or `hold <db>`.
import { DenoKvStore } from "../../src/stores/deno_kv_store.ts";
import { retryWhileLocked } from "../../src/stores/retry_while_locked.ts";

const [mode = "", database = "", file = "", times = "0"] = Deno.args;
const kv = await retryWhileLocked(() => Deno.openKv(database));
const store = new DenoKvStore(kv, { leaseMs: 1000 });

if (mode === "hold") {
  await store.lock("counter", () => {
    console.log("inside");
    return new Promise(() => {});
  });
}

for (let i = 0; i < Number(times); i++) {
  await store.lock("counter", async () => {
    const count = Number(await Deno.readTextFile(file));
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 4));
    await Deno.writeTextFile(file, String(count + 1));
  });
  await store.put(`app/location/${Deno.pid}`, {
    format: 1,
    summary: { status: "connected", updatedAt: Date.now() },
    body: String(i),
  });
}
kv.close();
