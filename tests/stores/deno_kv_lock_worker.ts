// A process of deno_kv_lock_test.ts: `count <db> <file> <times>`, `hold <db>` or `write <db> <file>`.
import { DenoKvStore } from "../../src/stores/deno_kv_store.ts";
import { retryWhileLocked } from "../../src/stores/retry_while_locked.ts";

const [mode = "", database = "", file = "", times = "0"] = Deno.args;
const kv = await retryWhileLocked(() => Deno.openKv(database));
// What counts may be held up by the machine for longer than a second, and must not be overtaken by that.
const store = new DenoKvStore(kv, mode === "count" ? {} : { leaseMs: 1000 });

if (mode === "hold") {
  await store.lock("counter", () => {
    console.log("inside");
    return new Promise(() => {});
  });
}

if (mode === "write") {
  const isWritten = await store.lock("counter", async (fence) => {
    console.log("inside");
    while (!await exists(file)) await new Promise((resolve) => setTimeout(resolve, 5));
    return await store.put("counter", { format: 1, summary: { updatedAt: 2 }, body: "late" }, { fence });
  });
  console.log(isWritten);
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

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}
