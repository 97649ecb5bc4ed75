import assert from "node:assert/strict";
import { HighLevelError } from "../../src/oauth/highlevel_error.ts";
import { DAY, keyOf, type TestWorld, traffic, world } from "./world.ts";
import { decodeRecord } from "../../src/connections/codec.ts";
import { tokenSetFrom } from "../../src/oauth/token_set.ts";
import { generateSealingKey, sealed } from "../../src/stores/sealed.ts";

const LOCATION = { locationId: "storeLocation" };
const METHODS = ["get", "put", "delete", "list"] as const;
const TIMES = [["once", 1], ["twice", 2], ["for ever", Infinity]] as const;

/** Breaks `method` of the store from the moment HighLevel has answered. */
function breakAfterAnswer({ sandbox, store }: TestWorld, method: typeof METHODS[number], times: number) {
  return async (input: string, init: RequestInit): Promise<Response> => {
    const response = await sandbox.fetch(input, init);
    if (response.ok && input.endsWith("/oauth/token")) store.failures[method] = times;
    return response;
  };
}

for (const situation of ["refresh", "recovery"] as const) {
  for (const method of METHODS) {
    for (const [words, times] of TIMES) {
      Deno.test(`a store whose ${method} fails ${words} after a ${situation} costs no token`, async () => {
        const w = world();
        const { sandbox, store, events, another, connect, expire } = w;
        await connect(LOCATION);
        expire();
        if (situation === "recovery") sandbox.loseTokens();
        const connections = another({
          app: { ...sandbox.app, fetch: breakAfterAnswer(w, method, times) },
        });
        const token = await connections.accessToken(LOCATION);
        assert.ok(sandbox.isLiving(token));

        sandbox.resetCounts();
        assert.equal(await connections.accessToken(LOCATION), token, "the next call");
        assert.equal(await connections.accessToken(LOCATION), token, "the one after");
        assert.deepEqual(traffic(sandbox), {});

        const isKept = (method === "get" || method === "put") && times === Infinity;
        const told = events.filter(({ type }) => type === "store_failed");
        assert.equal(told.length, isKept ? 1 : 0);
        if (isKept) assert.equal(told[0]?.error?.code, "store_failed");

        store.failures[method] = 0;
        assert.equal(await connections.accessToken(LOCATION), token);
        assert.equal(await another().accessToken(LOCATION), token, "another process finds it in the store");
        assert.deepEqual(traffic(sandbox), {});
      });
    }
  }
}

Deno.test("a recovery whose tokens could not be stored says so and still is one", async () => {
  const w = world();
  const { sandbox, another } = w;
  sandbox.addLocation(LOCATION);
  const connections = another({ app: { ...sandbox.app, fetch: breakAfterAnswer(w, "put", Infinity) } });
  const { outcome, error } = await connections.recover(LOCATION);
  assert.equal(outcome, "recovered");
  assert.equal(error?.code, "store_failed");
});

Deno.test("a record kept in memory is what get tells of, and serves fetch and the next refresh", async () => {
  const w = world();
  const { sandbox, clock, store, another, connect, expire } = w;
  await connect(LOCATION);
  expire();
  const connections = another({ app: { ...sandbox.app, fetch: breakAfterAnswer(w, "put", Infinity) } });
  await connections.accessToken(LOCATION);
  assert.equal((await connections.get(LOCATION))?.status, "connected");
  const response = await connections.fetch(LOCATION, "/locations/storeLocation");
  assert.equal(response.status, 200);
  await response.body?.cancel();

  clock.at += DAY; // the token in memory has ended too
  sandbox.resetCounts();
  const token = await connections.accessToken(LOCATION);
  assert.ok(sandbox.isLiving(token));
  assert.deepEqual(traffic(sandbox), { refresh: 1 });
  assert.equal(sandbox.counts.spentRefreshTokenUses, 0);
  store.failures.put = 0;
});

Deno.test("a record kept in memory beats another process's finding about the older tokens", async () => {
  const w = world();
  const { sandbox, clock, store, another, connect, expire, connections } = w;
  await connect(LOCATION);
  expire();
  const first = another({ app: { ...sandbox.app, fetch: breakAfterAnswer(w, "put", Infinity) } });
  const token = await first.accessToken(LOCATION);
  store.failures.put = 0;

  // The store still has the spent refresh token: this process calls the connection broken.
  clock.at += 31_000; // HighLevel's window is over
  sandbox.removeReconnect();
  const recovery = await connections.recover(LOCATION);
  assert.equal(recovery.outcome, "reauthorization_required");

  assert.equal(await first.accessToken(LOCATION), token);
  assert.equal(await connections.accessToken(LOCATION), token, "and the store has it again");
  assert.equal((await connections.get(LOCATION))?.status, "connected");
});

Deno.test("newer tokens of another process beat a record kept in memory", async () => {
  const w = world();
  const { sandbox, clock, store, another, connect, expire, connections } = w;
  await connect(LOCATION);
  expire();
  const first = another({ app: { ...sandbox.app, fetch: breakAfterAnswer(w, "put", Infinity) } });
  await first.accessToken(LOCATION);
  store.failures.put = 0;
  clock.at += 1000;
  const newer = await connections.accessToken(LOCATION);
  assert.ok(sandbox.isLiving(newer));
  assert.equal(await first.accessToken(LOCATION), newer);
});

Deno.test("forgetting beats a record kept in memory elsewhere, whatever the clocks say", async () => {
  const w = world();
  const { sandbox, clock, store, another, connect, expire, connections } = w;
  await connect(LOCATION);
  expire();
  const first = another({ app: { ...sandbox.app, fetch: breakAfterAnswer(w, "put", Infinity) } });
  await first.accessToken(LOCATION);
  store.failures.put = 0;
  clock.at -= 1000; // the forgetting process's clock is behind
  await connections.forget(LOCATION);
  await assert.rejects(first.accessToken(LOCATION), { code: "not_installed" });
  await assert.rejects(first.accessToken(LOCATION), { code: "not_installed" });
});

Deno.test("a save that the store refuses throws, and costs nothing that is kept in memory", async () => {
  const w = world();
  const { sandbox, clock, another, connect, expire } = w;
  await connect(LOCATION);
  expire();
  const connections = another({ app: { ...sandbox.app, fetch: breakAfterAnswer(w, "put", Infinity) } });
  const token = await connections.accessToken(LOCATION);
  const other = tokenSetFrom(sandbox.install(LOCATION), clock.now(), "Location");
  await assert.rejects(connections.save(LOCATION, other), { code: "store_failed" });
  await assert.rejects(connections.forget(LOCATION), { code: "store_failed" });
  assert.equal(await connections.accessToken(LOCATION), token);
});

Deno.test("an authorisation's tokens are not lost with the store: they exist nowhere else", async () => {
  const { sandbox, store, events, connections, another } = world();
  const code = sandbox.authorize(LOCATION);
  store.failures.put = Infinity;
  const connection = await connections.authorize({ code });
  assert.equal(connection.status, "connected");
  assert.equal(events[0]?.type, "store_failed");
  const token = await connections.accessToken(LOCATION);
  store.failures.put = 0;
  assert.equal(await connections.accessToken(LOCATION), token);
  assert.equal(await another().accessToken(LOCATION), token);
  assert.deepEqual(traffic(sandbox), { exchange: 1 });
});

Deno.test("a store that cannot be read at all is told as store_failed, with nothing sent", async () => {
  const { sandbox, store, connections, connect } = world();
  await connect(LOCATION);
  store.failures.get = Infinity;
  await assert.rejects(connections.accessToken(LOCATION), { code: "store_failed", retryable: true });
  await assert.rejects(connections.get(LOCATION), { code: "store_failed" });
  const { outcome, error } = await connections.recover(LOCATION);
  assert.equal(outcome, "failed");
  assert.equal(error?.code, "store_failed");
  store.failures.list = Infinity;
  await assert.rejects(connections.list(), { code: "store_failed" });
  assert.deepEqual(traffic(sandbox), {});
});

Deno.test("after invalid_grant a store that cannot be read stops the climb: nothing is given up unseen", async () => {
  const { sandbox, store, events, connect, expire, another, memory } = world();
  await connect(LOCATION);
  expire();
  sandbox.loseTokens();
  const connections = another({
    app: {
      ...sandbox.app,
      fetch: async (input, init) => {
        const response = await sandbox.fetch(input, init);
        if (response.status === 400) store.failures.get = Infinity;
        return response;
      },
    },
  });
  const before = await memory.get(keyOf(sandbox, LOCATION));
  const { outcome, error, attempts } = await connections.recover(LOCATION);
  assert.equal(outcome, "failed");
  assert.equal(error?.code, "store_failed");
  assert.deepEqual(attempts.map(({ by, code }) => [by, code]), [["refresh", "invalid_grant"]]);
  assert.equal(events.at(-2)?.type, "recovery_failed");
  assert.equal(await memory.get(keyOf(sandbox, LOCATION)), before);
  store.failures.get = 0;
  assert.ok(sandbox.isLiving(await another().accessToken(LOCATION)));
});

Deno.test("a lock that cannot be taken is the store's trouble, and costs no token that still lives", async () => {
  const { clock, connect, another, sandbox } = world();
  const { accessToken, expiresAt } = await connect(LOCATION);
  const connections = another({ lock: () => Promise.reject(new Error("the database is closed")) });
  clock.at = expiresAt.getTime() - 60_000; // within the margin
  assert.equal(await connections.accessToken(LOCATION), accessToken);
  clock.at = expiresAt.getTime();
  await assert.rejects(connections.accessToken(LOCATION), (error: unknown) => {
    assert.ok(error instanceof HighLevelError);
    assert.equal(error.code, "store_failed");
    assert.doesNotMatch(error.message, /database is closed/); // a store's own words may hold anything
    return true;
  });
  assert.deepEqual(traffic(sandbox), {});
});

Deno.test("a lock that cannot be given back does not cost the result", async () => {
  const { sandbox, connect, another, expire } = world();
  await connect(LOCATION);
  expire();
  const connections = another({
    lock: async (_key, run) => {
      await run();
      throw new Error("the lease is lost");
    },
  });
  assert.ok(sandbox.isLiving(await connections.accessToken(LOCATION)));
});

Deno.test("a lock that gives up while the work runs still lets the work end", async () => {
  const { sandbox, connect, another, expire } = world();
  await connect(LOCATION);
  expire();
  const connections = another({
    lock: (_key, run) => {
      run().catch(() => {});
      return Promise.reject(new Error("the lease is lost"));
    },
  });
  assert.ok(sandbox.isLiving(await connections.accessToken(LOCATION)));
});

Deno.test("a record that cannot be read is no reason to recover: it may be another key's", async () => {
  const { sandbox, memory, connections, connect } = world();
  await connect(LOCATION);
  const key = keyOf(sandbox, LOCATION);
  const stored = await memory.get(key);
  assert.ok(stored && decodeRecord(stored).tokens);
  await memory.put(key, { ...stored, body: stored.body.replace(`"version":1`, `"version":9`) });
  await assert.rejects(connections.accessToken(LOCATION), { code: "store_failed" });
  assert.deepEqual(traffic(sandbox), {});
});

Deno.test("a finding kept in memory does not undo another process's later one: a dead token is not sent again", async () => {
  const { sandbox, clock, store, connect, expire, connections, another } = world();
  await connect(LOCATION);
  expire();
  sandbox.pause(LOCATION.locationId);
  const first = another();
  store.failures.put = Infinity;
  assert.equal((await first.recover(LOCATION)).outcome, "paused"); // known to its process only
  store.failures.put = 0;
  clock.at += 1000;
  sandbox.loseTokens();
  assert.equal((await connections.recover(LOCATION)).attempts[0]?.code, "invalid_grant"); // stored
  sandbox.resetCounts();
  await assert.rejects(first.accessToken(LOCATION), { code: "location_inactive" });
  assert.deepEqual(traffic(sandbox), { reconnect: 1 });
});

Deno.test("a store that throws at once, not by its promise, keeps nobody from reconnecting", async () => {
  const { sandbox, memory, another } = world();
  sandbox.addLocation(LOCATION);
  let isBroken = true;
  const thrower = (key: string): void => {
    if (isBroken && key.startsWith("app/")) throw new Error("closed: MARK");
  };
  const store = {
    get: (key: string) => (thrower(key), memory.get(key)),
    put: (key: string, record: Parameters<typeof memory.put>[1]) => (thrower(key), memory.put(key, record)),
    delete: (key: string) => memory.delete(key),
    list: () => memory.list(),
  };
  const connections = another({ store });
  assert.ok(sandbox.isLiving(await connections.accessToken(LOCATION)));
  sandbox.removeReconnect();
  const { outcome, error } = await connections.recover({ locationId: "gone" });
  assert.equal(outcome, "reauthorization_required");
  assert.ok(!JSON.stringify(error).includes("MARK"));
  isBroken = false;
  assert.equal((await connections.recover({ locationId: "gone" })).outcome, "reauthorization_required");
});

Deno.test("thousands of approved locations are not stored with an agency's tokens", async () => {
  const { sandbox, connections, stored, another } = world();
  const company = { companyId: "largeAgency" };
  sandbox.addCompany(company);
  const approvedLocations = Array.from({ length: 5_000 }, (_, i) => `approved${i}`);
  const code = sandbox.authorize(company);
  const app = {
    ...sandbox.app,
    fetch: async (input: string, init: RequestInit): Promise<Response> => {
      const answer: object = await (await sandbox.fetch(input, init)).json();
      return Response.json({ ...answer, approvedLocations });
    },
  };
  await another({ app }).authorize({ code, userType: "Company" });
  assert.ok((await stored(company)).length < 10_000);
  assert.ok(sandbox.isLiving(await connections.accessToken(company)));
});

Deno.test("what cannot be read back, or sent, is refused before it is stored", async () => {
  const { connections, connect, memory, sandbox } = world();
  const tokens = await connect({ locationId: "good" });
  const target = { locationId: "good" };
  const before = JSON.stringify(await memory.list());
  const attempts: readonly [Promise<unknown>, RegExp][] = [
    [connections.save(target, { ...tokens, accessToken: "a\nb" }), /tokens\.accessToken/],
    [connections.save(target, { ...tokens, companyId: "c/1" }), /tokens\.companyId/],
    [Reflect.apply(connections.save, connections, [target, tokens, { name: 42 }]), /details\.name/],
    [connections.save(target, tokens, { companyId: "bad id!" }), /details\.companyId/],
    [connections.recover(target, { details: { companyId: "bad id!" } }), /details\.companyId/],
  ];
  for (const [attempt, message] of attempts) await assert.rejects(attempt, { name: "TypeError", message });
  assert.equal(JSON.stringify(await memory.list()), before);
  assert.equal(sandbox.counts.total, 0);
});

Deno.test("a lock that keeps to itself what its work gives is no trouble", async () => {
  const { another, sandbox } = world();
  sandbox.addLocation(LOCATION);
  const lock = async <T>(_: string, run: () => Promise<T>): Promise<T> => {
    await run();
    return Reflect.get({}, "nothing");
  };
  assert.ok(sandbox.isLiving(await another({ lock }).accessToken(LOCATION)));
});

Deno.test("new tokens replace a record that nobody can read any more", async () => {
  const { sandbox, memory, clock, another } = world();
  const old = sealed(memory, { keys: [generateSealingKey()] });
  await another({ store: old }).save(
    LOCATION,
    tokenSetFrom(sandbox.install(LOCATION), clock.now(), "Location"),
  );
  const connections = another({ store: sealed(memory, { keys: [generateSealingKey()] }) });
  await assert.rejects(() => connections.accessToken(LOCATION), { code: "store_failed" });
  await connections.save(LOCATION, tokenSetFrom(sandbox.install(LOCATION), clock.now(), "Location"));
  assert.ok(sandbox.isLiving(await connections.accessToken(LOCATION)));
});
