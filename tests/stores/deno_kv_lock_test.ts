import assert from "node:assert/strict";
import type { DenoKvLike } from "../../src/stores/deno_kv_like.ts";
import { DenoKvStore } from "../../src/stores/deno_kv_store.ts";
import { sleep } from "../../src/oauth/request/retry.ts";

const LEASE = ["highlevel-lock", "k"];

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
      assert.equal((await kv.get(["highlevel-lock", "counter"])).value, null);
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
      await sleep(1200); // past the first lease: it was renewed
      using kv = await Deno.openKv(database);
      const { value } = await kv.get<{ until: number }>(["highlevel-lock", "counter"]);
      assert.ok(value && value.until > Date.now());

      child.kill("SIGKILL");
      await child.status;
      await reader.cancel();
      await child.stderr.cancel();
      const before = Date.now();
      await new DenoKvStore(kv).lock("counter", () => Promise.resolve());
      const waitedMs = Date.now() - before;
      assert.ok(Date.now() >= value.until, "taken while the lease was running");
      assert.ok(waitedMs < 2000, `${waitedMs} ms`);
    });
  },
});

Deno.test("a run longer than the lease keeps the lock: it is renewed", async () => {
  using kv = await Deno.openKv(":memory:");
  const store = new DenoKvStore(kv, { leaseMs: 60 });
  const log: string[] = [];
  const slow = store.lock("k", async () => {
    await sleep(250);
    log.push("slow");
  });
  await store.lock("k", () => Promise.resolve(log.push("next")));
  await slow;
  assert.deepEqual(log, ["slow", "next"]);
});

Deno.test("a lease found over by its own time is taken, whether or not Deno KV has dropped it", async () => {
  using kv = await Deno.openKv(":memory:");
  await kv.set(LEASE, { owner: "dead", until: Date.now() - 1 });
  assert.equal(await new DenoKvStore(kv).lock("k", () => Promise.resolve("mine")), "mine");
  assert.equal((await kv.get(LEASE)).value, null);
});

Deno.test("a holder that lost its lease neither renews nor deletes the new holder's", async () => {
  using kv = await Deno.openKv(":memory:");
  const other = { owner: "other", until: Date.now() + 60_000 };
  await new DenoKvStore(kv, { leaseMs: 30 }).lock("k", async () => {
    await kv.set(LEASE, other);
    await sleep(100); // several renewals
  });
  assert.deepEqual((await kv.get(LEASE)).value, other);
});

Deno.test("50 callers in one process run one after another", async () => {
  using kv = await Deno.openKv(":memory:");
  const store = new DenoKvStore(kv);
  let inside = 0;
  let most = 0;
  await Promise.all(Array.from({ length: 50 }, () =>
    store.lock("k", async () => {
      most = Math.max(most, ++inside);
      await Promise.resolve();
      inside--;
    })));
  assert.equal(most, 1);
});

Deno.test("a lease that cannot be renewed or given back does not cost the result", async () => {
  using kv = await Deno.openKv(":memory:");
  let broken = false;
  const flaky: DenoKvLike = {
    ...likeOf(kv),
    get: (key) => broken ? Promise.reject(new Error("disk I/O error")) : kv.get([...key]),
  };
  const result = await new DenoKvStore(flaky, { leaseMs: 30 }).lock("k", async () => {
    broken = true;
    await sleep(50);
    return "tokens";
  });
  assert.equal(result, "tokens");
});

Deno.test("a run that ends while its lease is being renewed gives the lease back all the same", async () => {
  using kv = await Deno.openKv(":memory:");
  const slow: DenoKvLike = {
    ...likeOf(kv),
    get: async (key) => {
      const entry = await kv.get([...key]);
      await sleep(20);
      return entry;
    },
    atomic: () => {
      const operation = kv.atomic();
      const commit = operation.commit.bind(operation);
      return Object.assign(operation, { commit: () => sleep(20).then(commit) });
    },
  };
  await new DenoKvStore(slow, { leaseMs: 30 }).lock("k", () => sleep(40)); // a renewal runs from 10 to 50 ms
  assert.equal((await kv.get(LEASE)).value, null);
});

Deno.test("'database is locked' is tried again, another error is not", async () => {
  using kv = await Deno.openKv(":memory:");
  let calls = 0;
  const failing = (message: string, times: number): DenoKvLike => ({
    ...likeOf(kv),
    get: (key) => ++calls <= times ? Promise.reject(new Error(message)) : kv.get([...key]),
  });
  assert.equal(await new DenoKvStore(failing("database is locked", 3)).get("k"), undefined);
  assert.equal(calls, 4);
  calls = 0;
  await assert.rejects(new DenoKvStore(failing("disk I/O error", 3)).get("k"), /disk I\/O/);
  assert.equal(calls, 1);
});

function likeOf(kv: Deno.Kv): DenoKvLike {
  return {
    get: (key) => kv.get([...key]),
    set: (key, value, options) => kv.set(key, value, options),
    delete: (key) => kv.delete(key),
    list: (range, options) => kv.list(range, options),
    atomic: () => kv.atomic(),
  };
}

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
