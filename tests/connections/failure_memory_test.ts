// An attempt that failed is remembered: what a thousand callers would find out again is told to them at once.
import assert from "node:assert/strict";
import { HighLevelError } from "../../src/oauth/highlevel_error.ts";
import { MemoryStore } from "../../src/stores/memory_store.ts";
import { DAY, HOUR, type TestWorld, traffic, world } from "./world.ts";

const LOCATION = { locationId: "coolLocation" };
const COOL = { connections: { coolDownMs: 30_000 } };

async function codeOf(work: Promise<unknown>): Promise<string> {
  const error = await work.then(() => undefined, (thrown: unknown) => thrown);
  assert.ok(error instanceof HighLevelError, Deno.inspect(error));
  return error.code;
}

/** A connection that only a person can bring back. */
async function lost(): Promise<TestWorld> {
  const w = world(COOL);
  await w.connect(LOCATION);
  w.expire();
  w.sandbox.loseTokens();
  w.sandbox.removeReconnect();
  w.sandbox.resetCounts();
  return w;
}

Deno.test("C2: 1,000 calls on a lost connection cost one attempt and one event, also by another process", async () => {
  const { sandbox, connections, another, events } = await lost();
  for (let call = 0; call < 500; call++) {
    assert.equal(await codeOf(connections.accessToken(LOCATION)), "reauthorization_required");
  }
  const other = another();
  for (let call = 0; call < 500; call++) {
    assert.equal(await codeOf(other.accessToken(LOCATION)), "reauthorization_required");
  }
  assert.deepEqual(traffic(sandbox), { refresh: 1, reconnect: 1 });
  assert.equal(events.filter(({ type }) => type === "reauthorization_required").length, 1);
});

Deno.test("C2: after the cool-down it is tried again, and a recovery by request does not wait for it", async () => {
  const { sandbox, clock, connections } = await lost();
  await codeOf(connections.accessToken(LOCATION));
  sandbox.restoreReconnect();
  clock.at += 29_999;
  assert.equal(await codeOf(connections.accessToken(LOCATION)), "reauthorization_required");
  clock.at += DAY; // what is known of the endpoint has ended too
  assert.ok(sandbox.isLiving(await connections.accessToken(LOCATION)));

  const again = await lost();
  await codeOf(again.connections.accessToken(LOCATION));
  again.sandbox.install(LOCATION);
  again.sandbox.resetCounts();
  await again.connections.recover(LOCATION);
  assert.ok(again.sandbox.counts.refresh > 0);
});

Deno.test("what a person saves or authorises ends the cool-down at once", async () => {
  for (const how of ["save", "authorize"] as const) {
    const { sandbox, connections, connect } = await lost();
    await codeOf(connections.accessToken(LOCATION));
    if (how === "save") await connect(LOCATION);
    else await connections.authorize({ code: sandbox.authorize(LOCATION) });
    assert.ok(sandbox.isLiving(await connections.accessToken(LOCATION)), how);
  }
});

Deno.test("the message of a remembered failure is that of the first, with the link", async () => {
  const w = world({ connections: { coolDownMs: 30_000, scope: "contacts.readonly" } });
  await w.connect(LOCATION);
  w.expire();
  w.sandbox.loseTokens();
  w.sandbox.removeReconnect();
  const messages: string[] = [];
  for (let call = 0; call < 2; call++) {
    await w.connections.accessToken(LOCATION).catch((error: Error) => messages.push(error.message));
  }
  assert.equal(messages[0], messages[1]);
  assert.match(messages[0] ?? "", /a person must authorize the app again at https:.*Last answer: /);
});

Deno.test("C2: a token with 4 minutes left is handed out at once while refreshes fail", async () => {
  const { sandbox, clock, connections, connect } = world(COOL);
  const { accessToken, expiresAt } = await connect(LOCATION);
  clock.at = expiresAt.getTime() - 4 * 60_000;
  sandbox.fault({ on: "refresh", kind: "html_502", times: Infinity });
  assert.equal(await connections.accessToken(LOCATION), accessToken);
  const { refresh } = sandbox.counts;
  for (let call = 0; call < 100; call++) assert.equal(await connections.accessToken(LOCATION), accessToken);
  assert.equal(sandbox.counts.refresh, refresh, "no call asks again within the cool-down");
});

Deno.test("C2: a token that still lives keeps nobody waiting for an endpoint that hangs", async () => {
  const { sandbox, clock, connections, connect } = world(COOL);
  const { accessToken, expiresAt } = await connect(LOCATION);
  clock.at = expiresAt.getTime() - 4 * 60_000;
  sandbox.fault({ on: "refresh", kind: "hang", times: Infinity });
  const startedAt = performance.now();
  const controller = new AbortController();
  assert.equal(await connections.accessToken(LOCATION, { signal: controller.signal }), accessToken);
  assert.ok(performance.now() - startedAt < 25_000, "some seconds, not the endpoint's time limit");
  sandbox.clearFaults();
});

Deno.test("C2: a failure is told in the record, which any process reads, and is gone with the next tokens", async () => {
  const { sandbox, clock, connections, connect, stored } = world(COOL);
  await connect(LOCATION);
  clock.at += DAY;
  sandbox.fault({ on: "refresh", kind: "html_502", times: 5 });
  assert.equal(await codeOf(connections.accessToken(LOCATION)), "unavailable");
  assert.match(await stored(LOCATION), /\\"failure\\":\{\\"outcome\\":\\"failed\\"/);
  assert.match(await stored(LOCATION), /"status":"connected"/, "an outage breaks no connection");
  clock.at += 30_000;
  await connections.accessToken(LOCATION);
  assert.doesNotMatch(await stored(LOCATION), /failure/);
});

Deno.test("C11: an id that was never held, and that nobody vouches for, leaves nothing behind", async () => {
  const { sandbox, connections, memory, store } = world(COOL);
  for (let call = 0; call < 10; call++) {
    assert.equal(await codeOf(connections.accessToken({ locationId: "typo" })), "reauthorization_required");
  }
  assert.equal(sandbox.counts.reconnect, 1, "and is asked for once in a while only");
  assert.deepEqual(await connections.list(), { connections: [] });
  assert.equal(store.calls.put, 0);
  assert.equal((await connections.recover({ locationId: "typo" })).outcome, "reauthorization_required");
  assert.deepEqual((await memory.list()).entries, []);
  await connections.recover({ locationId: "told" }, { details: { name: "Told of" } });
  assert.equal((await connections.list()).connections.length, 1, "what somebody vouches for is kept");
  sandbox.addLocation({ locationId: "rests", active: false });
  assert.equal(await codeOf(connections.accessToken({ locationId: "rests" })), "location_inactive");
  assert.equal(
    (await connections.list({ status: "paused" })).connections.length,
    1,
    "so does HighLevel's word",
  );
  const outage = sandbox.fault({ on: "any", kind: "status", status: 503, times: Infinity });
  await connections.recover({ locationId: "wanted" });
  await codeOf(connections.accessToken({ locationId: "glimpsed" }));
  outage.remove();
  const broken = (await connections.list({ status: "broken" })).connections;
  assert.deepEqual(broken.map(({ target }) => target), [{ locationId: "wanted" }]);
});

Deno.test("C7: a refusal in words nobody knows asks for a person after a day of it, and not before", async () => {
  const { sandbox, clock, connections, connect } = world(COOL);
  await connect(LOCATION);
  clock.at += DAY;
  sandbox.removeReconnect();
  const body = { statusCode: 400, message: "Quota of moons" };
  sandbox.fault({ on: "refresh", kind: "status", status: 400, body, times: Infinity });
  for (let hours = 0; hours < 24; hours += 6) {
    assert.notEqual(
      await codeOf(connections.accessToken(LOCATION)),
      "reauthorization_required",
      `${hours} h`,
    );
    clock.at += 6 * HOUR;
  }
  assert.equal(await codeOf(connections.accessToken(LOCATION)), "reauthorization_required");
  sandbox.clearFaults();
  assert.equal((await connections.recover(LOCATION)).outcome, "recovered", "its refresh token was kept");
});

Deno.test("HighLevel's words to the refresh token are told, not those of the removed endpoint after it", async () => {
  const unknown = { statusCode: 401, message: "Quota of moons" };
  for (
    const [fault, code, words] of [
      [{ kind: "status", status: 401, body: unknown }, "unauthorized", /Quota of moons/],
      [{ kind: "cloudflare_1010" }, "forbidden", /error code: 1010/],
    ] as const
  ) {
    const { sandbox, clock, connections, connect } = world(COOL);
    await connect(LOCATION);
    clock.at += DAY;
    sandbox.removeReconnect();
    sandbox.fault({ on: "refresh", ...fault, times: Infinity });
    await assert.rejects(connections.accessToken(LOCATION), { code, message: words });
    const { outcome, error } = await connections.recover(LOCATION);
    assert.deepEqual([outcome, error?.code], ["failed", code]);
    clock.at += DAY;
    const asked = await connections.recover(LOCATION);
    assert.equal(asked.outcome, "reauthorization_required");
    assert.match(`${asked.error?.message}`, words);
  }
});

Deno.test("an outage never asks for a person, however long it lasts", async () => {
  const { sandbox, clock, connections, connect } = world(COOL);
  await connect(LOCATION);
  sandbox.fault({ on: "any", kind: "html_502", times: Infinity });
  for (let day = 0; day < 5; day++) {
    clock.at += DAY;
    assert.equal(await codeOf(connections.accessToken(LOCATION)), "unavailable");
  }
});

Deno.test("C4: a wrong invalid_grant of a minute is made good by the next forced recovery, and by no ordinary call", async () => {
  const { sandbox, clock, connections, connect } = world(COOL);
  await connect(LOCATION);
  clock.at += DAY;
  sandbox.removeReconnect();
  const body = { statusCode: 400, message: "Invalid grant: refresh token is invalid" };
  sandbox.fault({ on: "refresh", kind: "status", status: 400, body });
  assert.equal(await codeOf(connections.accessToken(LOCATION)), "reauthorization_required");
  clock.at += 60_000;
  assert.equal(await codeOf(connections.accessToken(LOCATION)), "reauthorization_required");
  assert.equal(sandbox.counts.refresh, 1, "a token called dead is not sent by ordinary calls");
  const { outcome, by } = await connections.recover(LOCATION);
  assert.deepEqual([outcome, by], ["recovered", "refresh"]);
});

Deno.test("a cool-down of nothing tries every time", async () => {
  const { sandbox, connections } = world({ connections: { coolDownMs: 0, store: new MemoryStore() } });
  sandbox.fault({ on: "reconnect", kind: "status", status: 400, body: { message: "no" }, times: Infinity });
  for (let call = 0; call < 3; call++) await codeOf(connections.accessToken(LOCATION));
  assert.equal(sandbox.counts.reconnect, 3);
});
