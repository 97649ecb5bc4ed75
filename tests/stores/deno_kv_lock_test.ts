import assert from "node:assert/strict";
import { DenoKvStore } from "../../src/stores/deno_kv_store.ts";
import { leaseIn, leaseKeyOf } from "../../src/stores/lease.ts";
import { until } from "../until.ts";

const LEASE = leaseKeyOf("counter");

Deno.test({
  name: "8 processes on one database never run a lock's inside at the same time",
  permissions: { read: true, write: true, run: true },
  async fn() {
    await inTemporaryDirectory(async (directory) => {
      const file = `${directory}/counter`;
      await Deno.writeTextFile(file, "0");
      const database = `${directory}/kv.db`;
      const workers = Array.from({ length: 8 }, () => spawnWorker("count", database, file, "25").output());
      for (const { success, stderr } of await Promise.all(workers)) {
        assert.ok(success, new TextDecoder().decode(stderr));
      }
      assert.equal(await Deno.readTextFile(file), "200");
      using kv = await Deno.openKv(database);
      assert.equal((await new DenoKvStore(kv).list()).entries.length, 8);
      assert.deepEqual((await kv.get(LEASE)).value, { fence: 200 }, "200 holders, and nobody now");
    });
  },
});

Deno.test({
  name: "a process killed inside a lock frees it when its lease ends, not before",
  permissions: { read: true, write: true, run: true },
  async fn() {
    await inTemporaryDirectory(async (directory) => {
      const database = `${directory}/kv.db`;
      const child = spawnWorker("hold", database);
      const reader = child.stdout.getReader();
      await reader.read(); // "inside"
      using kv = await Deno.openKv(database);
      const taken = await kv.get(LEASE);
      await until(
        async () => (await kv.get(LEASE)).versionstamp !== taken.versionstamp,
        "the lease is renewed",
      );
      assert.deepEqual((await kv.get(LEASE)).value, taken.value);

      child.kill("SIGKILL");
      await child.status;
      await reader.cancel();
      await child.stderr.cancel();
      const before = performance.now();
      const fence = await new DenoKvStore(kv).lock("counter", (fence) => Promise.resolve(fence));
      const waitedMs = performance.now() - before;
      assert.equal(fence, 2);
      assert.ok(waitedMs >= 1000, `taken after ${waitedMs} ms, while the lease was running`);
    });
  },
});

Deno.test({
  name:
    "a process that is stopped inside a lock and goes on later does not write over the next holder's record",
  permissions: { read: true, write: true, run: true },
  ignore: Deno.build.os === "windows",
  async fn() {
    await inTemporaryDirectory(async (directory) => {
      const database = `${directory}/kv.db`;
      const child = spawnWorker("write", database, `${directory}/go`);
      const reader = child.stdout.getReader();
      await reader.read(); // "inside"
      child.kill("SIGSTOP");
      using kv = await Deno.openKv(database);
      const store = new DenoKvStore(kv);
      const record = { format: 1, summary: { updatedAt: 1 }, body: "the next holder's" } as const;
      const isWritten = await store.lock("counter", (fence) => store.put("counter", record, { fence }));
      assert.equal(isWritten, true);
      await Deno.writeTextFile(`${directory}/go`, "");
      child.kill("SIGCONT");
      const { value } = await reader.read();
      assert.equal(new TextDecoder().decode(value).trim(), "false");
      assert.ok((await child.status).success);
      await reader.cancel();
      await child.stderr.cancel();
      assert.equal((await store.get("counter"))?.body, "the next holder's");
      await until(
        async () => leaseIn((await kv.get(LEASE)).value).owner === undefined,
        "nobody holds the lock",
      );
    });
  },
});

function spawnWorker(...args: string[]): Deno.ChildProcess {
  const script = new URL("deno_kv_lock_worker.ts", import.meta.url);
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-lock", "--unstable-kv", script.href, ...args],
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

async function inTemporaryDirectory(use: (path: string) => Promise<void>): Promise<void> {
  const path = await Deno.makeTempDir();
  try {
    await use(path);
  } finally {
    await Deno.remove(path, { recursive: true });
  }
}
