// What a person or HighLevel gave is never dropped: by stores in trouble, locks that fail, clocks, or calls that hang.
import assert from "node:assert/strict";
import { HighLevelError } from "../../src/oauth/highlevel_error.ts";
import { tokenSetFrom } from "../../src/oauth/token_set.ts";
import { CloudflareKvStore } from "../../src/stores/cloudflare_kv_store.ts";
import { MemoryStore } from "../../src/stores/memory_store.ts";
import { generateSealingKey, sealed } from "../../src/stores/sealed.ts";
import type { StoredRecord, TokenStore } from "../../src/stores/token_store.ts";
import { FakeKvNamespace } from "../stores/fake_kv_namespace.ts";
import { DAY, keyOf, settled, traffic, world } from "./world.ts";

const LOCATION = { locationId: "keptLocation" };
const OTHER = { locationId: "otherLocation" };

Deno.test("C1: a person's authorisation stands although the store could not be read while it was kept", async () => {
  const { sandbox, store, connections, connect, another, expire } = world();
  await connect(LOCATION);
  expire();
  sandbox.loseTokens();
  store.failures.get = 3;
  const connection = await connections.authorize({ code: sandbox.authorize(LOCATION) });
  assert.equal(connection.status, "connected");
  store.failures.get = 0;
  assert.ok(sandbox.isLiving(await connections.accessToken(LOCATION)));
  assert.ok(sandbox.isLiving(await another().accessToken(LOCATION)), "and the store has it");
});

Deno.test("C1: a person's authorisation stands against dead tokens, though by clock or token those were granted later", async () => {
  const said = btoa(JSON.stringify({ iat: 4e9 })).replaceAll("=", "");
  for (const accessToken of ["opaque", `e30.${said}.x`]) {
    const { sandbox, clock, another } = world();
    sandbox.addLocation(LOCATION);
    sandbox.removeReconnect();
    const ahead = another({ store: new MemoryStore(), now: () => clock.at + DAY });
    await ahead.save(LOCATION, {
      accessToken,
      refreshToken: "spent",
      tokenType: "Bearer",
      expiresAt: new Date(clock.at + 3 * DAY),
      scope: [],
      userType: "Location",
    });
    await assert.rejects(ahead.accessToken(LOCATION, { rejected: accessToken }), {
      code: "reauthorization_required",
    });
    clock.at += 60_000;
    await ahead.authorize({ code: sandbox.authorize(LOCATION) });
    assert.equal((await ahead.get(LOCATION))?.status, "connected");
    assert.ok(sandbox.isLiving(await ahead.accessToken(LOCATION)));
  }
});

Deno.test("C1: a person's authorisation is kept although the lock cannot be had", async () => {
  const { sandbox, connections, another } = world();
  sandbox.addLocation(LOCATION);
  for (
    const lock of [
      () => Promise.reject(new Error("no lock")),
      () => new Promise<never>(() => {}),
      () => Promise.resolve(undefined as never),
    ]
  ) {
    const locked = another({ lock, storeTimeoutMs: 20 });
    await locked.authorize({ code: sandbox.authorize(LOCATION) });
    assert.ok(sandbox.isLiving(await connections.accessToken(LOCATION)));
  }
});

Deno.test("C16: of two grants for one connection the one granted last stands, not the one stored last", async () => {
  const { sandbox, clock, another, connections } = world();
  sandbox.addLocation(LOCATION);
  const codes = [sandbox.authorize(LOCATION), sandbox.authorize(LOCATION)];
  const slow = Promise.withResolvers<void>();
  const store = new MemoryStore();
  let gets = 0;
  const holding: TokenStore = {
    get: async (key) => {
      if (gets++ === 0) await slow.promise; // the first grant is stored late
      return await store.get(key);
    },
    put: (key, record, options) => store.put(key, record, options),
    delete: (key) => store.delete(key),
    list: (options) => store.list(options),
  };
  const two = another({ store: holding });
  const first = two.authorize({ code: codes[0] ?? "" });
  await settled(200);
  clock.at += 1;
  const second = another({ store });
  await second.authorize({ code: codes[1] ?? "" });
  const latest = await second.accessToken(LOCATION);
  slow.resolve();
  await first;
  assert.equal(await two.accessToken(LOCATION), latest);
  assert.equal(await another({ store }).accessToken(LOCATION), latest);
  assert.equal(await connections.get(LOCATION), undefined);
});

Deno.test("C3: what was found dead does not overwrite a fresh pair, whatever the clocks of its finder say", async () => {
  for (const skewMs of [-5_000, 0, 5_000, 60_000]) {
    const { sandbox, clock, connections, another, connect, expire, memory } = world();
    await connect(LOCATION);
    expire();
    sandbox.removeReconnect();
    sandbox.set({ refreshWindowMs: 0 });
    const asked = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    const behind = another({
      store: memory,
      lock: (_key, run) => run(), // the lease was lost
      now: () => clock.at + skewMs,
      app: {
        ...sandbox.app,
        fetch: async (input, init) => {
          asked.resolve();
          await release.promise;
          return await sandbox.fetch(input, init);
        },
      },
    });
    const finding = behind.recover(LOCATION);
    await asked.promise;
    const fresh = await connections.accessToken(LOCATION);
    release.resolve();
    const { outcome } = await finding;
    assert.equal(outcome, "recovered", `by the store's newer tokens, ${skewMs}`);
    assert.equal(await another().accessToken(LOCATION), fresh, `${skewMs}`);
    assert.equal((await connections.get(LOCATION))?.status, "connected");
  }
});

Deno.test("C3: a holder whose lock was taken over keeps its grant in memory, and it is judged anew", async () => {
  const { sandbox, another, connect, expire, memory } = world();
  await connect(LOCATION);
  expire();
  const events: string[] = [];
  const slept = another({
    store: memory,
    lock: async (key, run) => {
      const work = run(1); // an old fence
      await memory.lock(key, async () => await Promise.resolve());
      await memory.lock(key, async () => await Promise.resolve());
      return await work;
    },
    onEvent: ({ type }) => events.push(type),
  });
  const token = await slept.accessToken(LOCATION);
  assert.ok(sandbox.isLiving(token));
  assert.ok(events.includes("store_failed"));
  await slept.flush().catch((error: unknown) => assert.ok(error instanceof HighLevelError));
  const sane = another({ store: memory });
  assert.ok(sandbox.isLiving(await sane.accessToken(LOCATION)), "within the window it is had again");
});

Deno.test("C5: a store call that hangs costs its own call only, and forgetting too", async () => {
  const { sandbox, another, connect, memory } = world();
  await connect(LOCATION);
  await connect(OTHER);
  let isHanging = true;
  const hanging: TokenStore = {
    get: (key) => isHanging && key.includes("keptLocation") ? new Promise(() => {}) : memory.get(key),
    put: (key, record, options) => memory.put(key, record, options),
    delete: (key) => memory.delete(key),
    list: (options) => memory.list(options),
  };
  const connections = another({ store: hanging, storeTimeoutMs: 15 });
  for (
    const call of [
      () => connections.accessToken(LOCATION, { minLifetimeMs: 2 * DAY }),
      () => connections.get(LOCATION),
      () => connections.forget(LOCATION),
    ]
  ) {
    await assert.rejects(call, { code: "store_failed", message: /within 15 ms/ });
  }
  assert.equal((await connections.recover(LOCATION)).error?.code, "store_failed");
  assert.ok(sandbox.isLiving(await connections.accessToken(OTHER)));
  isHanging = false;
  await connections.save(LOCATION, tokenSetFrom(sandbox.install(LOCATION), Date.now(), "Location"));
  assert.ok((await connections.get(LOCATION)) !== undefined);
});

Deno.test("C5: a lock that is never given is not waited for for ever, and nothing runs when it comes too late", async () => {
  const { sandbox, another, connect, expire } = world();
  await connect(LOCATION);
  expire();
  const late: (() => Promise<unknown>)[] = [];
  const connections = another({
    lock: (_key, run) => {
      late.push(() => run());
      return new Promise(() => {});
    },
    storeTimeoutMs: 15,
  });
  await assert.rejects(connections.accessToken(LOCATION), { code: "store_failed" });
  for (const run of late) await run();
  assert.deepEqual(traffic(sandbox), {}, "nothing was spent");
});

Deno.test("C6: a forget that comes while a recovery's first read is slow wins: the moment of the call counts", async () => {
  const { sandbox, memory, another, connect } = world();
  await connect(LOCATION);
  const slow = Promise.withResolvers<void>();
  let isSlow = true;
  const store: TokenStore = {
    get: async (key) => {
      if (isSlow && key.includes("keptLocation")) {
        isSlow = false;
        await slow.promise;
      }
      return await memory.get(key);
    },
    put: (key, record, options) => memory.put(key, record, options),
    delete: (key) => memory.delete(key),
    list: (options) => memory.list(options),
  };
  const connections = another({ store });
  const recovering = connections.recover(LOCATION);
  await settled();
  await connections.forget(LOCATION);
  slow.resolve();
  assert.equal((await recovering).error?.code, "not_installed");
  assert.equal(await connections.get(LOCATION), undefined);
  assert.equal(sandbox.counts.total, 0);
});

Deno.test("C12: a straggler does not reconnect a customer who was forgotten weeks ago; erased, nothing is left", async () => {
  const { sandbox, clock, connections, memory, connect } = world();
  await connect(LOCATION);
  await connections.forget(LOCATION);
  clock.at += 89 * DAY;
  await assert.rejects(connections.accessToken(LOCATION), { code: "not_installed" });
  assert.equal(sandbox.counts.total, 0);

  await connect(OTHER);
  await connections.forget(OTHER, { erase: true });
  assert.equal(await memory.get(keyOf(sandbox, OTHER)), undefined);
});

Deno.test("C10: over a store that lags, a giving-up writes nothing before it has looked again a minute later", async () => {
  const { sandbox, clock, another, connect, expire } = world();
  const kv = new FakeKvNamespace(clock.now);
  const isolate = () => another({ store: new CloudflareKvStore(kv, { now: clock.now }) });
  const winner = isolate();
  await winner.save(LOCATION, await connect(LOCATION));
  expire();
  sandbox.removeReconnect();
  sandbox.set({ refreshWindowMs: 0 });
  const loser = isolate();
  kv.goStale(); // in the loser's place KV answers what stood there before
  const fresh = await winner.accessToken(LOCATION);
  await assert.rejects(loser.accessToken(LOCATION), { code: "reauthorization_required" });
  kv.settle();
  assert.equal(await isolate().accessToken(LOCATION), fresh, "the winner's record stands");
});

Deno.test("C10: a store without a lock is told once, when it is put together", async () => {
  const { another, memory } = world();
  const told: unknown[] = [];
  const onEvent = (event: unknown): void => void told.push(event);
  another({ store: memory, onEvent });
  const { get, put, list, delete: remove } = memory;
  const bare = {
    get: get.bind(memory),
    put: put.bind(memory),
    list: list.bind(memory),
    delete: remove.bind(memory),
  };
  another({ store: bare, onEvent });
  await settled();
  assert.equal(told.length, 1);
  assert.match(Deno.inspect(told[0]), /store_without_lock/);
});

Deno.test("C14: a record under a sealing key that was lost stops no recovery and no run", async () => {
  const { sandbox, another, connect, memory } = world();
  const targets = Array.from({ length: 30 }, (_, index) => ({ locationId: `sealedLocation${index}` }));
  const before = another({ store: sealed(memory, { keys: [generateSealingKey()] }) });
  for (const target of targets) {
    sandbox.addLocation(target);
    await before.recover(target);
  }
  const after = another({ store: sealed(memory, { keys: [generateSealingKey()] }) });
  await assert.rejects(after.accessToken(targets[0] ?? LOCATION), {
    code: "store_failed",
    reason: "unreadable",
  });
  let recovered = 0;
  for await (const { outcome } of after.recoverAll(targets)) recovered += Number(outcome === "recovered");
  assert.equal(recovered, 30);
  assert.ok(sandbox.isLiving(await after.accessToken(targets[0] ?? LOCATION)));
  await connect(LOCATION);
});

Deno.test("C14: one odd entry of a store costs none of the others in a list", async () => {
  const { sandbox, memory, another, connect } = world();
  await connect(LOCATION);
  const odd: TokenStore = {
    get: (key) => memory.get(key),
    put: (key, record, options) => memory.put(key, record, options),
    delete: (key) => memory.delete(key),
    list: async (options) => {
      const bare = JSON.parse(JSON.stringify({ key: keyOf(sandbox, OTHER) }));
      return { entries: [bare, ...(await memory.list(options)).entries] };
    },
  };
  const { connections: listed } = await another({ store: odd }).list();
  assert.deepEqual(listed.map(({ target }) => target), [LOCATION]);
});

Deno.test("C14: what is in memory only is written by flush, and by the end of its scope", async () => {
  const { sandbox, store, connect, expire, another } = world();
  await connect(LOCATION);
  expire();
  let token = "";
  {
    await using connections = another();
    const refreshing = connections.accessToken(LOCATION);
    await settled();
    store.failures.put = 3;
    token = await refreshing;
    store.failures.put = 0;
  }
  assert.equal(await another().accessToken(LOCATION), token);
  const failing = another();
  expire();
  store.failures.put = Infinity;
  await failing.accessToken(LOCATION);
  await assert.rejects(failing.flush(), { code: "store_failed", message: /in memory only: 1\./ });
  store.failures.put = 0;
  await failing.flush();
  assert.ok(sandbox.isLiving(await another().accessToken(LOCATION)));
});

Deno.test("C14: what is handed out is the caller's own: nothing he does to it reaches anybody else", async () => {
  const { sandbox, connections, connect } = world();
  await connect(LOCATION);
  const mine = await connections.tokens(LOCATION);
  mine.expiresAt.setTime(0);
  Reflect.set(mine, "accessToken", "mine");
  Reflect.apply(Array.prototype.push, mine.scope, ["everything"]);
  const again = await connections.tokens(LOCATION);
  assert.ok(sandbox.isLiving(again.accessToken) && !again.scope.includes("everything"));
  const connection = await connections.get(LOCATION);
  Reflect.set(connection?.target ?? {}, "locationId", "somebodyElse");
  connection?.expiresAt?.setTime(0);
  assert.deepEqual((await connections.get(LOCATION))?.target, LOCATION);
  const recovery = await connections.recover(LOCATION);
  assert.throws(() => Reflect.set(recovery.target, "locationId", "x") || assert.fail("frozen"));
  assert.deepEqual(traffic(sandbox).reconnect, undefined);
});

Deno.test("a note is written before a refresh token is spent, where the store keeps notes, and nobody spends without it", async () => {
  const { sandbox, memory, another, connect, expire, stored } = world();
  await connect(LOCATION);
  expire();
  const puts: StoredRecord[] = [];
  let isFull = false;
  const durable: TokenStore = {
    keepsNotes: true,
    get: (key) => memory.get(key),
    put: (key, record, options) => {
      if (isFull) return Promise.reject(new Error("disk full"));
      if (key.includes("keptLocation")) puts.push(record);
      return memory.put(key, record, options);
    },
    delete: (key) => memory.delete(key),
    list: (options) => memory.list(options),
    lock: (key, run) => memory.lock(key, run),
  };
  const seen: boolean[] = [];
  const connections = another({
    store: durable,
    app: {
      ...sandbox.app,
      fetch: async (input, init) => {
        seen.push((await stored(LOCATION)).includes("spendingSince"));
        return await sandbox.fetch(input, init);
      },
    },
  });
  isFull = true;
  await assert.rejects(connections.accessToken(LOCATION), { code: "store_failed" });
  assert.deepEqual(traffic(sandbox), {}, "nothing was spent");
  isFull = false;
  await connections.accessToken(LOCATION);
  assert.deepEqual(seen, [true]);
  assert.equal(puts.length, 3, "the failure that could not be written, the note, the tokens");
  assert.doesNotMatch(await stored(LOCATION), /spendingSince/, "and it goes with the new tokens");
});
