import assert from "node:assert/strict";
import type { Recovery } from "../../src/connections/recovery.ts";
import { recoverAll } from "../../src/connections/recover_all.ts";
import { HighLevelError } from "../../src/oauth/highlevel_error.ts";
import type { ConnectionTarget } from "../../src/oauth/target.ts";
import { settled, traffic, world } from "./world.ts";

const targets = (count: number, from = 0): { locationId: string }[] =>
  Array.from({ length: count }, (_, i) => ({ locationId: `bulk${from + i}` }));

/** A `recover` whose every call ends when the test says so. */
function handled() {
  const waiting = new Map<string, (recovery: Partial<Recovery>) => void>();
  const started: string[] = [];
  return {
    started,
    inFlight: () => waiting.size,
    recover: (target: ConnectionTarget): Promise<Recovery> => {
      const id = target.locationId ?? "";
      started.push(id);
      return new Promise((resolve) =>
        waiting.set(id, (recovery) => resolve({ target, outcome: "recovered", attempts: [], ...recovery }))
      );
    },
    end: (id: string, recovery: Partial<Recovery> = {}): void => {
      waiting.get(id)?.(recovery);
      waiting.delete(id);
    },
  };
}

/** A source that notes what is pulled from it and whether it was closed. */
function source(count: number) {
  const log = { pulled: 0, closed: false };
  const pull = function* (): Generator<ConnectionTarget> {
    try {
      for (const target of targets(count)) {
        log.pulled++;
        yield target;
      }
    } finally {
      log.closed = true;
    }
  };
  const pullLater = async function* (): AsyncGenerator<ConnectionTarget> {
    for (const target of pull()) {
      await Promise.resolve();
      yield target;
    }
  };
  return { log, sync: pull, async: pullLater };
}

async function ids(run: AsyncIterable<Recovery>): Promise<string[]> {
  const found: string[] = [];
  for await (const { target } of run) found.push(target.locationId ?? target.companyId ?? "");
  return found;
}

const outage = new HighLevelError("unavailable", "HighLevel answered 503.");

Deno.test("results come in the order they are there", async () => {
  const { recover, end } = handled();
  const found = ids(recoverAll(recover, targets(3), {}));
  for (const id of ["bulk2", "bulk0", "bulk1"]) {
    await settled();
    end(id);
  }
  assert.deepEqual(await found, ["bulk2", "bulk0", "bulk1"]);
});

for (const kind of ["sync", "async"] as const) {
  Deno.test(`at most 4 are under way and the ${kind} source is never read beyond them`, async () => {
    const { recover, end, inFlight } = handled();
    const { log, ...sources } = source(100);
    const run = recoverAll(recover, sources[kind](), { concurrency: 4 });
    const first = run.next();
    await settled(200);
    assert.equal(inFlight(), 4);
    assert.equal(log.pulled, 4);

    end("bulk1");
    assert.deepEqual((await first).value?.target, { locationId: "bulk1" });
    await settled(200);
    assert.equal(log.pulled, 4, "nobody asked for more yet");
    const second = run.next();
    await settled(200);
    assert.equal(inFlight(), 4);
    assert.equal(log.pulled, 5);

    end("bulk0");
    await second;
    for (const id of ["bulk2", "bulk3", "bulk4"]) end(id);
    await run.return();
    assert.equal(log.closed, true);
  });

  Deno.test(`a consumer that does not ask for more stops a ${kind} source: results wait, nothing is started`, async () => {
    const { recover, end, inFlight } = handled();
    const { log, ...sources } = source(100);
    const run = recoverAll(recover, sources[kind](), { concurrency: 3 });
    const first = run.next();
    await settled(200);
    for (const id of ["bulk0", "bulk1", "bulk2"]) end(id);
    await first;
    await settled(200);
    assert.equal(inFlight(), 0);
    assert.equal(log.pulled, 3);
    await run.return();
  });
}

Deno.test("a target that comes twice is done once; a location and a company of one id are two", async () => {
  const { sandbox, connections } = world();
  for (const { locationId } of targets(3)) sandbox.addLocation({ locationId });
  sandbox.addCompany({ companyId: "bulk0" });
  const doubled = [...targets(3), { companyId: "bulk0" }, ...targets(3), { companyId: "bulk0" }];
  assert.deepEqual((await ids(connections.recoverAll(doubled))).sort(), ["bulk0", "bulk0", "bulk1", "bulk2"]);
  assert.deepEqual(traffic(sandbox), { reconnect: 4, exchange: 4 });
});

Deno.test("bad targets are their own trouble, not the run's", async () => {
  const { sandbox, connections } = world();
  sandbox.addLocation({ locationId: "good" });
  const bad: unknown[] = [null, {}, { locationId: "" }, { locationId: "a/b" }, {
    locationId: "a",
    companyId: "b",
  }, 7];
  const mixed = [...bad, { locationId: "good" }] as ConnectionTarget[];
  const outcomes: string[] = [];
  for await (const { outcome, error } of connections.recoverAll(mixed)) {
    outcomes.push(outcome);
    if (outcome === "failed") assert.equal(error?.code, "invalid_request");
  }
  assert.equal(outcomes.length, 7);
  assert.equal(outcomes.filter((outcome) => outcome === "recovered").length, 1);
});

Deno.test("a lost connection costs two requests, however many there are", async () => {
  const { sandbox, connections } = world();
  for (const { locationId } of targets(200)) sandbox.addLocation({ locationId });
  assert.equal((await ids(connections.recoverAll(targets(200)))).length, 200);
  assert.deepEqual(traffic(sandbox), { reconnect: 200, exchange: 200 });
});

Deno.test("one that fails stops no other", async () => {
  const { sandbox, connections } = world();
  for (const { locationId } of targets(20)) sandbox.addLocation({ locationId });
  sandbox.fault({
    on: ({ body }) => body.includes(`"bulk7"`),
    kind: "html_502",
    times: Infinity,
  });
  const outcomes = new Map<string, string>();
  for await (const { target, outcome } of connections.recoverAll(targets(20))) {
    outcomes.set(target.locationId ?? "", outcome);
  }
  assert.equal(outcomes.get("bulk7"), "failed");
  assert.equal([...outcomes.values()].filter((outcome) => outcome === "recovered").length, 19);
});

Deno.test("a 429 slows only the one it is for", async () => {
  const { sandbox, clock, another } = world();
  for (const { locationId } of targets(3)) sandbox.addLocation({ locationId });
  const wait = Promise.withResolvers<void>();
  const connections = another({ sleep: () => wait.promise });
  sandbox.fault({
    on: ({ body }) => body.includes(`"bulk0"`),
    kind: "status",
    status: 429,
    headers: { "retry-after": "5" },
  });
  const run = connections.recoverAll(targets(3), { concurrency: 2 });
  assert.deepEqual((await run.next()).value?.target, { locationId: "bulk1" });
  assert.deepEqual((await run.next()).value?.target, { locationId: "bulk2" });
  wait.resolve();
  const last = await run.next();
  assert.deepEqual(last.value?.target, { locationId: "bulk0" });
  assert.equal(last.value?.outcome, "recovered");
  assert.deepEqual(clock.slept, []);
  assert.equal((await run.next()).done, true);
});

Deno.test("an abort lets what is under way end and be told, and starts nothing more", async () => {
  const { recover, end, started } = handled();
  const { log, sync } = source(100);
  const controller = new AbortController();
  const found = ids(recoverAll(recover, sync(), { concurrency: 4, signal: controller.signal }));
  await settled(200);
  controller.abort();
  await settled(200);
  for (const id of ["bulk3", "bulk2", "bulk1", "bulk0"]) end(id);
  assert.deepEqual(await found, ["bulk3", "bulk2", "bulk1", "bulk0"]);
  assert.equal(started.length, 4);
  assert.equal(log.closed, true);
});

Deno.test("an abort before the start does nothing", async () => {
  const { recover, started } = handled();
  assert.deepEqual(await ids(recoverAll(recover, targets(3), { signal: AbortSignal.abort() })), []);
  assert.deepEqual(started, []);
});

Deno.test("an abort ends a run whose source never comes to its next target", async () => {
  const { recover, end } = handled();
  const controller = new AbortController();
  const endless = async function* (): AsyncGenerator<ConnectionTarget> {
    yield { locationId: "bulk0" };
    await new Promise(() => {});
  };
  const found = ids(recoverAll(recover, endless(), { signal: controller.signal }));
  await settled(200);
  end("bulk0");
  await settled(200);
  controller.abort();
  assert.deepEqual(await found, ["bulk0"]);
});

Deno.test("an aborted run leaves nothing half-stored: what is stored lives", async () => {
  const { sandbox, connections, memory } = world();
  for (const { locationId } of targets(100)) sandbox.addLocation({ locationId });
  const controller = new AbortController();
  const done: string[] = [];
  for await (
    const { target, outcome } of connections.recoverAll(targets(100), {
      concurrency: 8,
      signal: controller.signal,
    })
  ) {
    assert.equal(outcome, "recovered");
    done.push(target.locationId ?? "");
    if (done.length === 10) controller.abort();
  }
  assert.ok(done.length >= 10 && done.length <= 18, String(done.length));
  assert.equal((await memory.list({ limit: 1000 })).entries.length, done.length);
  sandbox.resetCounts();
  for (const locationId of done) assert.ok(sandbox.isLiving(await connections.accessToken({ locationId })));
  assert.deepEqual(traffic(sandbox), {});
});

Deno.test("a consumer that leaves closes the source, and what is under way is waited for", async () => {
  const { sandbox, connections, memory } = world();
  for (const { locationId } of targets(100)) sandbox.addLocation({ locationId });
  const { log, async } = source(100);
  for await (const _ of connections.recoverAll(async(), { concurrency: 8 })) break;
  assert.equal(log.closed, true);
  const requests = sandbox.counts.total;
  await settled(500);
  assert.equal(sandbox.counts.total, requests, "nothing is sent any more");
  assert.equal((await memory.list({ limit: 1000 })).entries.length * 2, requests);
});

Deno.test("a target that the source delivers after the run has ended is not started", async () => {
  const { recover, end, started } = handled();
  const late = Promise.withResolvers<void>();
  const slow = async function* (): AsyncGenerator<ConnectionTarget> {
    yield { locationId: "bulk0" };
    await late.promise;
    yield { locationId: "bulk1" };
  };
  const run = recoverAll(recover, slow(), {});
  const first = run.next();
  await settled(200);
  end("bulk0");
  await first;
  await run.return();
  late.resolve();
  await settled(200);
  assert.deepEqual(started, ["bulk0"]);
});

Deno.test("a source that throws ends the run with its error, after what was under way", async () => {
  const { recover, end } = handled();
  const failing = function* (): Generator<ConnectionTarget> {
    yield { locationId: "bulk0" };
    throw new Error("the file ends in the middle of a line");
  };
  const found: string[] = [];
  const run = (async () => {
    for await (const { target } of recoverAll(recover, failing(), {})) found.push(target.locationId ?? "");
  })();
  await settled(200);
  end("bulk0");
  await assert.rejects(run, /middle of a line/);
  assert.deepEqual(found, ["bulk0"]);
});

Deno.test("wrong credentials end a run at once, with the reason", async () => {
  const { sandbox, another } = world();
  for (const { locationId } of targets(1000)) sandbox.addLocation({ locationId });
  const connections = another({ app: { ...sandbox.app, clientSecret: "wrong", fetch: sandbox.fetch } });
  const found: Recovery[] = [];
  await assert.rejects(async () => {
    for await (const recovery of connections.recoverAll(targets(1000), { concurrency: 8 })) {
      found.push(recovery);
    }
  }, (error: unknown) => {
    assert.ok(error instanceof HighLevelError);
    assert.equal(error.code, "invalid_client");
    assert.match(error.message, /^Stopped/);
    return true;
  });
  assert.ok(found.length <= 8, `${found.length} were tried`);
  assert.ok(sandbox.counts.total <= 8);
});

Deno.test("20 outages in a row end a run, 19 do not", async () => {
  const outcomes = (
    count: number,
  ): string[] => [...Array(count).fill("down"), "up", ...Array(19).fill("down"), "up"];
  for (const [count, stops] of [[19, false], [20, true]] as const) {
    const script = outcomes(count);
    const run = recoverAll(
      (target) =>
        Promise.resolve(
          script.shift() === "down"
            ? { target, outcome: "failed", attempts: [], error: outage }
            : { target, outcome: "recovered", attempts: [] },
        ),
      targets(count + 21),
      { concurrency: 1 },
    );
    const found = ids(run);
    if (stops) {
      await assert.rejects(found, { code: "unavailable", message: /^Stopped after 20 failures in a row/ });
    } else assert.equal((await found).length, 40);
  }
});

Deno.test("what was under way when a run is stopped is told before the reason", async () => {
  const { recover, end } = handled();
  const { log, sync } = source(100);
  const found: string[] = [];
  const run = (async () => {
    for await (const { target } of recoverAll(recover, sync(), { concurrency: 4 })) {
      found.push(target.locationId ?? "");
    }
  })();
  await settled(200);
  end("bulk0", { outcome: "failed", error: new HighLevelError("invalid_client", "Check the secret.") });
  await settled(200);
  for (const id of ["bulk1", "bulk2", "bulk3"]) end(id);
  await assert.rejects(run, { code: "invalid_client" });
  assert.deepEqual(found, ["bulk0", "bulk1", "bulk2", "bulk3"]);
  assert.deepEqual(log, { pulled: 4, closed: true });
});

Deno.test("rate limits and honest refusals are no outages", async () => {
  for (const code of ["rate_limited", "location_inactive", "reauthorization_required"] as const) {
    const run = recoverAll(
      (target) =>
        Promise.resolve({ target, outcome: "failed", attempts: [], error: new HighLevelError(code, "no") }),
      targets(50),
      { sleep: () => Promise.resolve() },
    );
    assert.equal((await ids(run)).length, 50);
  }
});

Deno.test("what recover throws besides is told as that target's failure, without its words", async () => {
  const run = recoverAll(() => Promise.reject(new Error("a secret")), targets(1), {});
  const { value } = await run.next();
  assert.equal(value?.outcome, "failed");
  assert.doesNotMatch(Deno.inspect(value), /a secret/);
  await run.return();
});

Deno.test("a concurrency that is none is refused", async () => {
  for (const concurrency of [0, -1, 1.5, NaN]) {
    await assert.rejects(recoverAll(() => Promise.reject(), [], { concurrency }).next(), TypeError);
  }
});

Deno.test("a plan tells where each climb would start, and sends nothing", async () => {
  const { sandbox, connections, connect } = world();
  await connect({ locationId: "held" });
  sandbox.removeReconnect();
  const list = [{ locationId: "held" }, { locationId: "unknown" }];
  const plan = async (details = {}): Promise<string[]> => {
    const starts: string[] = [];
    for await (const { startsWith } of connections.planAll(list, { details })) starts.push(startsWith);
    return starts;
  };
  assert.deepEqual(await plan(), ["refresh", "reconnect"]);
  assert.deepEqual(traffic(sandbox), {});
  await connections.recover({ locationId: "other" }); // finds the endpoint removed
  sandbox.resetCounts();
  assert.deepEqual(await plan(), ["refresh", "person"]);
  assert.deepEqual(await plan({ companyId: "agency" }), ["refresh", "agency"]);
  assert.deepEqual(traffic(sandbox), {});
});

Deno.test("a store that takes nothing ends a run: what was recovered would be lost with the process", async () => {
  const { sandbox, store, connections, connect, expire } = world();
  for (const target of targets(100)) await connect(target);
  expire();
  store.failures.put = Infinity;
  const found: Recovery[] = [];
  await assert.rejects(async () => {
    for await (const recovery of connections.recoverAll(targets(100), { concurrency: 4 })) {
      found.push(recovery);
    }
  }, { code: "store_failed", message: /^Stopped after 20 failures in a row/ });
  assert.ok(found.length < 30, `${found.length} were recovered`);
  assert.ok(found.every(({ outcome }) => outcome === "recovered"));
  assert.ok(sandbox.counts.refresh < 30);
});

Deno.test("an older installation that the pair does not fit ends no run, 20 in a row do", async () => {
  const refused = new HighLevelError("invalid_client", "Invalid client");
  for (
    const [script, stops] of [
      [["up", ...Array(19).fill("refused"), "up"], false],
      [["up", ...Array(20).fill("refused"), "up"], true],
      [["refused", "up"], true],
    ] as const
  ) {
    const left = [...script];
    const run = recoverAll(
      (target) =>
        Promise.resolve(
          left.shift() === "refused"
            ? { target, outcome: "failed", attempts: [], error: refused }
            : { target, outcome: "recovered", attempts: [] },
        ),
      targets(script.length),
      { concurrency: 1 },
    );
    if (stops) await assert.rejects(ids(run), { code: "invalid_client", message: /^Stopped/ });
    else assert.equal((await ids(run)).length, script.length);
  }
});

Deno.test("a source whose end throws does not hide why a run was stopped", async () => {
  const close = (): void => {
    throw new Error("cannot be closed");
  };
  const bad = function* (): Generator<ConnectionTarget> {
    try {
      yield* targets(100);
    } finally {
      close();
    }
  };
  const error = new HighLevelError("invalid_client", "Invalid client");
  const run = recoverAll(
    (target) => Promise.resolve({ target, outcome: "failed", attempts: [], error }),
    bad(),
    { concurrency: 1 },
  );
  await assert.rejects(ids(run), { code: "invalid_client" });
});

Deno.test("a source that uses one object for all its targets gets each connection's own tokens", async () => {
  const { sandbox, connections } = world();
  for (const target of targets(3)) sandbox.addLocation(target);
  const one = { locationId: "" };
  const sloppy = function* (): Generator<ConnectionTarget> {
    for (const { locationId } of targets(3)) {
      one.locationId = locationId;
      yield one;
    }
  };
  const found = (await Array.fromAsync(connections.recoverAll(sloppy()))).map(({ target }) =>
    target.locationId
  );
  assert.deepEqual(found.sort(), ["bulk0", "bulk1", "bulk2"]);
  const tokens = await Promise.all(targets(3).map((target) => connections.accessToken(target)));
  assert.equal(new Set(tokens).size, 3);
});

Deno.test("a target with two ids does not stand for its twin with one", async () => {
  const { sandbox, connections } = world();
  sandbox.addLocation({ locationId: "bulk0" });
  const twin = JSON.parse(`{"locationId":"bulk0","companyId":"one"}`);
  const found = await Array.fromAsync(connections.recoverAll([twin, { locationId: "bulk0" }]));
  assert.deepEqual(found.map(({ outcome }) => outcome).sort(), ["failed", "recovered"]);
});
