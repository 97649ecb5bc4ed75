import assert from "node:assert/strict";
import type { ConnectionEvent } from "../../src/connections/events.ts";
import type { Recovery } from "../../src/connections/recovery.ts";
import { HighLevelError } from "../../src/oauth/highlevel_error.ts";
import { tokenSetFrom } from "../../src/oauth/token_set.ts";
import { DAY, keyOf, MINUTE, settled, type TestWorld, world } from "./world.ts";

const LOCATION = { locationId: "toldLocation" };
const COMPANY = { companyId: "toldCompany" };

const types = (events: readonly ConnectionEvent[]): string[] => events.map(({ type }) => type);

/** Makes requests take time. */
function slow({ sandbox, clock, another }: TestWorld, ms: number) {
  return another({
    app: {
      ...sandbox.app,
      fetch: async (input, init) => {
        clock.at += ms;
        return await sandbox.fetch(input, init);
      },
    },
  });
}

Deno.test("a refresh is told with target, time, way and duration", async () => {
  const w = world();
  await w.connect(LOCATION);
  w.events.length = 0;
  w.expire();
  await slow(w, 40).accessToken(LOCATION);
  const [{ traceId, ...event } = { traceId: "" }] = w.events;
  assert.match(`${traceId}`, /^[0-9a-f-]{36}$/);
  assert.deepEqual(event, {
    type: "refreshed",
    target: LOCATION,
    by: "refresh",
    ms: 40,
    attempts: [{ by: "refresh", ms: 40, traceId }],
    at: new Date(w.clock.at),
  });
});

Deno.test("a recovery is told with HighLevel's trace id, which its result and its attempt carry too", async () => {
  const w = world();
  w.sandbox.addLocation(LOCATION);
  const recovery = await slow(w, 30).recover(LOCATION);
  const [event] = w.events;
  assert.ok(event && event.traceId && event.traceId.length > 10);
  assert.deepEqual(event, {
    type: "recovered",
    target: LOCATION,
    by: "reconnect",
    ms: 60,
    traceId: recovery.traceId,
    attempts: recovery.attempts,
    at: new Date(w.clock.at),
  });
  assert.deepEqual(recovery.attempts, [{ by: "reconnect", ms: 60, traceId: recovery.traceId }]);
  w.sandbox.uninstall(LOCATION);
  const refused = await w.connections.recover(LOCATION);
  assert.deepEqual(w.events.at(-1)?.attempts, refused.attempts);
  const last = refused.attempts.at(-1);
  assert.equal(last?.message, refused.error?.message, "HighLevel's words stand with the attempt");
  assert.match(`${last?.message}`, /not installed/);
});

Deno.test("each thing that happens is told once, by its own name", async () => {
  const w = world();
  const { connections, sandbox, events } = w;
  await w.connect(LOCATION);
  assert.deepEqual(types(events.splice(0)), ["installed"], "a connection is held that was not before");
  await w.connect(LOCATION);
  assert.deepEqual(types(events), [], "another save is the caller's own doing");
  await connections.accessToken(LOCATION);
  assert.deepEqual(types(events), [], "nothing happened");
  w.expire();
  await connections.accessToken(LOCATION);
  await connections.recover(LOCATION);
  assert.deepEqual(types(events.splice(0)), ["refreshed", "recovered"]);

  sandbox.pause(LOCATION.locationId);
  await connections.recover(LOCATION);
  sandbox.resume(LOCATION.locationId);
  await connections.recover(LOCATION);
  assert.deepEqual(types(events.splice(0)), ["paused", "resumed"]);

  sandbox.loseTokens();
  sandbox.fault({ on: "reconnect", kind: "html_502", times: 3 });
  await connections.recover(LOCATION);
  assert.equal(events[0]?.error?.code, "unavailable");
  await connections.recover(LOCATION);
  assert.deepEqual(types(events.splice(0)), ["recovery_failed", "lost", "recovered"]);

  sandbox.loseTokens();
  sandbox.removeReconnect();
  await connections.recover(LOCATION);
  assert.ok(events.every(({ error }) => error !== undefined));
  assert.deepEqual(types(events.splice(0)), ["endpoint_removed", "reauthorization_required"]);
  w.clock.at += DAY;
  await connections.recover(LOCATION);
  assert.deepEqual(types(events.splice(0)), ["reauthorization_required"], "removed is told once");
  sandbox.restoreReconnect();
  w.clock.at += DAY;
  await connections.recover(LOCATION);
  assert.deepEqual(types(events.splice(0)), ["endpoint_back", "recovered"]);

  await connections.save(LOCATION, tokenSetFrom(sandbox.install(LOCATION), w.clock.now(), "Location"));
  w.store.failures.put = 6;
  await connections.recover(LOCATION);
  assert.deepEqual(types(events.splice(0)), ["store_failed", "recovered"]);

  await connections.forget(LOCATION);
  await connections.forget(LOCATION);
  assert.deepEqual(types(events.splice(0)), ["uninstalled"]);
});

Deno.test("that a connection is lost is told once, when its token has ended and getting it back fails for now", async () => {
  const w = world();
  const { connections, sandbox, events, clock } = w;
  await w.connect(LOCATION);
  events.length = 0;
  const fails = async (): Promise<string[]> => {
    sandbox.clearFaults();
    sandbox.fault({ on: "any", kind: "html_502", times: 99 });
    await connections.recover(LOCATION);
    return types(events.splice(0));
  };
  assert.deepEqual(await fails(), ["recovery_failed"], "its token lives");
  clock.at += DAY;
  assert.deepEqual(await fails(), ["recovery_failed", "lost"]);
  clock.at += MINUTE;
  assert.deepEqual(await fails(), ["recovery_failed"], "it is lost already");
  sandbox.clearFaults();
  await connections.recover(LOCATION);
  assert.deepEqual(types(events.splice(0)), ["recovered"]);
});

Deno.test("every event has a target and a time", async () => {
  const w = world();
  await w.connect(LOCATION);
  w.expire();
  w.events.length = 0;
  await w.connections.accessToken(LOCATION);
  w.sandbox.loseTokens();
  w.sandbox.removeReconnect();
  await w.connections.recover(LOCATION);
  assert.ok(w.events.length >= 3);
  for (const { target, at } of w.events) {
    assert.deepEqual(target, LOCATION);
    assert.equal(at.getTime(), w.clock.at);
  }
});

Deno.test("a listener that throws costs no token", async () => {
  const w = world();
  await w.connect(LOCATION);
  w.expire();
  const connections = w.another({
    onEvent: () => {
      throw new Error("the log is full");
    },
  });
  const token = await connections.accessToken(LOCATION);
  assert.ok(w.sandbox.isLiving(token));
  assert.equal(await w.connections.accessToken(LOCATION), token);
  w.store.failures.put = 6;
  assert.equal((await connections.recover(LOCATION)).outcome, "recovered");
});

Deno.test("no secret is in any event, result, error, connection or list, whatever goes wrong", async () => {
  const faults = [
    "echo_secrets",
    "reset_after",
    "cut_body",
    "stream_error",
    "html_502_after",
    "wrong_types",
    "huge",
    "status_after",
    "refuse",
  ] as const;
  for (const apiVersion of ["2021-07-28", "v3"] as const) {
    for (const kind of faults) {
      for (const on of ["refresh", "reconnect", "exchange", "locationToken", "any"] as const) {
        const shown: unknown[] = [];
        const w = world();
        const { sandbox } = w;
        const connections = w.another({
          app: { ...sandbox.app, apiVersion, fetch: sandbox.fetch },
          scope: "contacts.readonly",
          onEvent: (event) => shown.push(event),
        });
        const note = (error: unknown): void => void shown.push(error);
        sandbox.addLocation({ ...LOCATION, ...COMPANY });
        await w.connect(LOCATION);
        await w.connect(COMPANY);
        w.clock.at += DAY;
        sandbox.fault({ on, kind, times: 4 });
        for (let round = 0; round < 3; round++) {
          await connections.accessToken(LOCATION).catch(note);
          shown.push(await connections.recover(LOCATION));
          sandbox.loseTokens(LOCATION);
          if (round === 1) sandbox.removeReconnect();
          shown.push(await connections.recover(COMPANY), await connections.recover(LOCATION));
          for await (const recovery of connections.recoverAll([LOCATION])) shown.push(recovery);
        }
        await connections.authorize({ code: sandbox.authorize(LOCATION) }).then(
          (told) => shown.push(told),
          note,
        );
        await connections.fetch(LOCATION, "/contacts/").then((response) => response.body?.cancel(), note);
        shown.push(await connections.get(LOCATION), await connections.list(), connections);

        assert.ok(shown.length > 10);
        const secrets = [...sandbox.issuedSecrets(), sandbox.app.clientSecret];
        const text = shown.map(everythingIn).join("\n");
        for (const secret of secrets) {
          // Also no large part of one.
          assert.ok(!text.includes(secret.slice(-24)), `${kind} on ${on} shows a secret`);
        }
      }
    }
  }
});

function everythingIn(value: unknown): string {
  const parts = [
    Deno.inspect(value, { depth: 10, showHidden: true, strAbbreviateSize: 1e6 }),
    JSON.stringify(value),
  ];
  const error = value instanceof Error ? value : (value as Partial<Recovery> | undefined)?.error;
  if (error instanceof HighLevelError) parts.push(error.message, String(error.stack), String(error.cause));
  return parts.join("\n");
}

Deno.test("what is stored shows its tokens in the body only, never in the summary that lists show", async () => {
  const w = world();
  const { accessToken, refreshToken = "" } = await w.connect(LOCATION);
  const stored = await w.memory.get(keyOf(w.sandbox, LOCATION));
  assert.ok(stored && stored.body.includes(accessToken));
  const summary = JSON.stringify(stored.summary);
  assert.ok(!summary.includes(accessToken) && !summary.includes(refreshToken));
});

Deno.test("what a target's object carries besides its id shows nowhere", async () => {
  const { connections, events, sandbox } = world();
  const row = { locationId: "aRow", refreshToken: "MARK-of-a-row" };
  sandbox.fault({ on: "any", kind: "status", status: 400, body: { message: "no" }, times: Infinity });
  const [told] = await Array.fromAsync(connections.recoverAll([row]));
  const thrown = await connections.accessToken(row).catch((error: unknown) => error);
  for (const shown of [told, thrown, events]) {
    assert.ok(!`${JSON.stringify(shown)} ${Deno.inspect(shown, { depth: 9 })}`.includes("MARK"));
  }
});

Deno.test("a listener whose promise is rejected costs neither a token nor the process", async () => {
  const { another, sandbox } = world();
  sandbox.addLocation({ locationId: "heard" });
  const connections = another({ onEvent: () => Promise.reject(new Error("the alert is down")) });
  assert.ok(sandbox.isLiving(await connections.accessToken({ locationId: "heard" })));
  await settled();
});

Deno.test("a recovery that ends at the store is told as failed", async () => {
  const { connections, events, store } = world();
  store.failures.get = Infinity;
  assert.equal((await connections.recover({ locationId: "unread" })).error?.code, "store_failed");
  assert.deepEqual(events.map(({ type, error }) => [type, error?.code]), [[
    "recovery_failed",
    "store_failed",
  ]]);
});
