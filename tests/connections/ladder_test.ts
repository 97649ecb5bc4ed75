import assert from "node:assert/strict";
import { HighLevelError } from "../../src/oauth/highlevel_error.ts";
import type { HighLevelApp } from "../../src/oauth/highlevel_app.ts";
import { tokenSetFrom } from "../../src/oauth/token_set.ts";
import { DAY, HOUR, keyOf, settled, type TestWorld, traffic, world } from "./world.ts";

const LOCATION = { locationId: "ladderLocation" };
const COMPANY = { companyId: "ladderCompany" };
const SIBLINGS = Array.from({ length: 1000 }, (_, i) => ({ locationId: `sibling${i}` }));

for (
  const { what, fault } of [
    { what: "HighLevel answers 503", fault: { on: "any", kind: "status", status: 503 } },
    { what: "a gateway answers HTML", fault: { on: "any", kind: "html_502" } },
    { what: "connections are refused", fault: { on: "any", kind: "refuse" } },
    { what: "answers are cut", fault: { on: "any", kind: "status", status: 200, body: "{" } },
    { what: "answers are empty", fault: { on: "any", kind: "status", status: 400, body: "" } },
    { what: "it redirects", fault: { on: "any", kind: "redirect" } },
  ] as const
) {
  Deno.test(`while ${what} the climb stops, can be retried, and what is stored stays but for the reason`, async () => {
    const { sandbox, connections, connect, expire, stored, events } = world();
    await connect(LOCATION);
    expire();
    const before = withoutFailure(await stored(LOCATION));
    sandbox.fault({ ...fault, times: Infinity });
    const recovery = await connections.recover(LOCATION);
    assert.equal(recovery.outcome, "failed");
    assert.equal(recovery.error?.retryable, true);
    assert.deepEqual(recovery.attempts.map(({ by }) => by), ["refresh"], "no other rung is tried");
    assert.deepEqual(withoutFailure(await stored(LOCATION)), before);
    assert.deepEqual(events.map(({ type }) => type), ["installed", "recovery_failed", "lost"]);
    sandbox.clearFaults();
    sandbox.resetCounts();
    await connections.accessToken(LOCATION);
    assert.deepEqual(traffic(sandbox), { refresh: 1 }, "the same refresh token works");
  });
}

Deno.test("wrong credentials stop the climb at once and blame no connection", async () => {
  const { sandbox, another, connect, expire, stored } = world();
  await connect(LOCATION);
  expire();
  const before = withoutFailure(await stored(LOCATION));
  const connections = another({ app: { ...sandbox.app, clientSecret: "wrong", fetch: sandbox.fetch } });
  const recovery = await connections.recover(LOCATION);
  assert.equal(recovery.outcome, "failed");
  assert.equal(recovery.error?.code, "invalid_client");
  assert.equal(recovery.error?.retryable, false);
  assert.deepEqual(traffic(sandbox), { refresh: 1 });
  assert.deepEqual(withoutFailure(await stored(LOCATION)), before);
});

Deno.test("a paused location is not lost: its refresh token is kept, and works when it is active again", async () => {
  const { sandbox, connections, connect, expire, events } = world();
  const { refreshToken = "" } = await connect(LOCATION);
  expire();
  sandbox.pause(LOCATION.locationId);
  await assert.rejects(connections.accessToken(LOCATION), { code: "location_inactive" });
  assert.deepEqual(traffic(sandbox), { refresh: 1 }, "no other rung is tried");
  assert.ok(sandbox.isLiving(refreshToken));
  const paused = await connections.get(LOCATION);
  assert.equal(paused?.status, "paused");
  assert.equal(paused.trouble?.code, "location_inactive");
  assert.equal((await connections.recover(LOCATION)).outcome, "paused");

  sandbox.resume(LOCATION.locationId);
  sandbox.resetCounts();
  assert.ok(sandbox.isLiving(await connections.accessToken(LOCATION)));
  assert.deepEqual(traffic(sandbox), { refresh: 1 });
  assert.equal(sandbox.counts.spentRefreshTokenUses, 0);
  assert.deepEqual(events.map(({ type }) => type), ["installed", "paused", "paused", "resumed"]);
  const resumed = await connections.get(LOCATION);
  assert.equal(resumed?.status, "connected");
  assert.equal(resumed.trouble, undefined);
});

Deno.test("a removed Reconnect endpoint costs one call for 1,000 connections", async () => {
  const { sandbox, connections, events } = world();
  for (const { locationId } of SIBLINGS) sandbox.addLocation({ locationId });
  sandbox.removeReconnect();
  const outcomes = new Set<string>();
  for await (const { outcome } of connections.recoverAll(SIBLINGS, { concurrency: 32 })) {
    outcomes.add(outcome);
  }
  assert.deepEqual([...outcomes], ["reauthorization_required"]);
  assert.deepEqual(traffic(sandbox), { reconnect: 1 });
  assert.equal(events.filter(({ type }) => type === "endpoint_removed").length, 1);
});

Deno.test("a removed endpoint is remembered for a day by every process on the store, then probed once", async () => {
  const { sandbox, clock, connections, another } = world();
  for (const { locationId } of SIBLINGS) sandbox.addLocation({ locationId });
  sandbox.removeReconnect();
  await connections.recover(LOCATION);
  assert.deepEqual(traffic(sandbox), { reconnect: 1 });

  clock.at += 23 * HOUR;
  const storm = another();
  await Promise.all(SIBLINGS.slice(0, 50).map((target) => storm.recover(target)));
  assert.deepEqual(traffic(sandbox), { reconnect: 1 }, "a new process, 50 at once, not one call");

  clock.at += HOUR + 1;
  await another().recover(LOCATION);
  await Promise.all(SIBLINGS.slice(0, 50).map((target) => storm.recover(target)));
  assert.equal(sandbox.counts.reconnect, 2, "probed once more after a day, and remembered again");

  clock.at += DAY + 1;
  sandbox.restoreReconnect();
  assert.equal((await connections.recover(LOCATION)).error?.code, "not_installed");
  sandbox.addLocation(LOCATION);
  assert.equal((await connections.recover(LOCATION)).by, "reconnect");
});

Deno.test("an endpoint removed while a process has long known it alive still costs one call", async () => {
  const { sandbox, clock, connections } = world();
  for (const { locationId } of SIBLINGS) sandbox.addLocation({ locationId });
  await connections.recover(SIBLINGS[0] ?? LOCATION);
  clock.at += HOUR;
  sandbox.removeReconnect();
  sandbox.resetCounts();
  await Promise.all(SIBLINGS.slice(1, 40).map((target) => connections.recover(target)));
  assert.equal(sandbox.counts.reconnect, 1);
});

Deno.test("an endpoint whose first call found an outage is not thought alive", async () => {
  const { sandbox, connections } = world();
  sandbox.removeReconnect();
  sandbox.fault({ on: "reconnect", kind: "html_502", times: 3 });
  assert.equal((await connections.recover(SIBLINGS[0] ?? LOCATION)).outcome, "failed");
  sandbox.resetCounts();
  await Promise.all(SIBLINGS.slice(1, 40).map((target) => connections.recover(target)));
  assert.equal(sandbox.counts.reconnect, 1);
});

Deno.test("a note of a removed endpoint from a clock that ran ahead is not believed", async () => {
  const { sandbox, clock, connections, another } = world();
  sandbox.addLocation(LOCATION);
  sandbox.removeReconnect();
  clock.at += 365 * DAY;
  await connections.recover(LOCATION);
  clock.at -= 365 * DAY;
  sandbox.restoreReconnect();
  assert.equal((await another().recover(LOCATION)).by, "reconnect");
});

Deno.test("a store that fails costs what is known of the endpoint, not the recovery", async () => {
  const { sandbox, store, another, connections } = world();
  sandbox.addLocation(LOCATION);
  sandbox.removeReconnect();
  store.failures.put = Infinity;
  await connections.recover(LOCATION);
  await connections.recover(LOCATION);
  assert.equal(sandbox.counts.reconnect, 1, "this process remembers anyway");
  store.failures.put = 0;
  await another().recover(LOCATION);
  assert.equal(sandbox.counts.reconnect, 2);
});

Deno.test("the agency's token brings a location back when Reconnect is gone", async () => {
  const { sandbox, connections, leaveOnlyAgency } = world();
  await leaveOnlyAgency(LOCATION, COMPANY);
  const recovery = await connections.recover(LOCATION);
  assert.equal(recovery.by, "agency");
  assert.deepEqual(recovery.attempts.map(({ by, code }) => [by, code]), [
    ["refresh", "invalid_grant"],
    ["reconnect", "endpoint_removed"],
    ["agency", undefined],
  ]);
  assert.ok(sandbox.isLiving(await connections.accessToken(LOCATION)));
});

Deno.test("an agency whose own access token ended is refreshed first", async () => {
  const { sandbox, connections, connect, expire } = world();
  sandbox.addLocation({ ...LOCATION, ...COMPANY });
  await connect(LOCATION);
  await connect(COMPANY);
  expire();
  sandbox.loseTokens(LOCATION);
  sandbox.removeReconnect();
  assert.equal((await connections.recover(LOCATION)).by, "agency");
  assert.deepEqual(traffic(sandbox), { refresh: 2, reconnect: 1, locationToken: 1 });
});

Deno.test("an agency whose token HighLevel lost is healed first: by Reconnect while that lives", async () => {
  const { sandbox, another, connect } = world();
  sandbox.addLocation({ ...LOCATION, ...COMPANY });
  await connect(LOCATION);
  await connect(COMPANY);
  sandbox.loseTokens();
  // Reconnect refuses the location, so its climb goes on to the agency.
  sandbox.fault({
    on: ({ body }) => body.includes(LOCATION.locationId) && body.includes("clientKey"),
    kind: "status",
    status: 400,
    body: { statusCode: 400, message: "Something new" },
  });
  const recovery = await another().recover(LOCATION);
  assert.equal(recovery.by, "agency");
  assert.ok(sandbox.isLiving(await another().accessToken(COMPANY)));
});

Deno.test("1,000 locations climbing through one expired agency token cost one refresh of it", async () => {
  const { sandbox, clock, connections, connect, memory } = world();
  for (const { locationId } of SIBLINGS) sandbox.addLocation({ locationId, ...COMPANY });
  await connect(COMPANY);
  clock.at += DAY;
  sandbox.removeReconnect();
  const run = connections.recoverAll(SIBLINGS, { details: COMPANY });
  for await (const { by, error } of run) assert.equal(by, "agency", error?.message ?? "");
  assert.deepEqual(traffic(sandbox), { reconnect: 1, refresh: 1, locationToken: 1000 });
  assert.equal((await memory.list({ limit: 1000 })).entries.length, 1000);
});

Deno.test("1,000 locations climbing through an agency token that was silently ended cost one refresh of it", async () => {
  const { sandbox, connections, connect, clock } = world();
  for (const { locationId } of SIBLINGS) sandbox.addLocation({ locationId, ...COMPANY });
  await connect(COMPANY);
  clock.at += HOUR;
  sandbox.expireAccessTokens(COMPANY);
  sandbox.removeReconnect();
  for await (const { by } of connections.recoverAll(SIBLINGS, { details: COMPANY })) {
    assert.equal(by, "agency");
  }
  assert.equal(sandbox.counts.refresh, 1);
  assert.ok(sandbox.counts.locationToken < 1000 + 33, "at most those in flight had to ask twice");
});

Deno.test("a living agency token is used without its lock", async () => {
  const locked: string[] = [];
  const { sandbox, connect, another } = world();
  sandbox.addLocation({ ...LOCATION, ...COMPANY });
  await connect(COMPANY);
  sandbox.removeReconnect();
  const connections = another({
    lock: (key, run) => {
      locked.push(key);
      return run();
    },
  });
  assert.equal((await connections.recover(LOCATION, { details: COMPANY })).by, "agency");
  assert.deepEqual(locked, [keyOf(sandbox, LOCATION)]);
});

Deno.test("location and agency both dead: a person must authorise, and is told where", async () => {
  const { sandbox, another, connect, expire, events } = world();
  sandbox.addLocation({ ...LOCATION, ...COMPANY });
  await connect(LOCATION);
  await connect(COMPANY);
  expire();
  sandbox.loseTokens();
  sandbox.removeReconnect();
  const connections = another({ scope: ["contacts.readonly", "oauth.write"] });
  const recovery = await connections.recover(LOCATION);
  assert.equal(recovery.outcome, "reauthorization_required");
  const url = new URL(recovery.authorizationUrl ?? "");
  assert.equal(url.searchParams.get("client_id"), sandbox.app.clientId);
  assert.equal(url.searchParams.get("redirect_uri"), sandbox.app.redirectUri);
  assert.equal(url.searchParams.get("scope"), "contacts.readonly oauth.write");
  assert.equal(sandbox.counts.reconnect, 1);
  assert.equal(sandbox.counts.refresh, 2);
  assert.equal((await connections.get(LOCATION))?.status, "reauthorization_required");
  assert.equal((await connections.get(COMPANY))?.status, "reauthorization_required");
  assert.equal(events.filter(({ type }) => type === "reauthorization_required").length, 2);
  await assert.rejects(connections.accessToken(LOCATION), (error: unknown) => {
    assert.ok(error instanceof HighLevelError);
    assert.equal(error.code, "reauthorization_required");
    assert.ok(error.message.includes(url.href), error.message);
    return true;
  });

  sandbox.resetCounts();
  await assert.rejects(connections.accessToken(LOCATION));
  assert.deepEqual(traffic(sandbox), {}, "neither a dead refresh token nor a dead endpoint is asked again");
});

Deno.test("without scope or redirect URI there is no authorisation URL, and the rest is told all the same", async () => {
  const { connections } = world();
  const recovery = await connections.recover(LOCATION);
  assert.equal(recovery.outcome, "reauthorization_required");
  assert.equal(recovery.error?.code, "not_installed");
  assert.equal("authorizationUrl" in recovery, false);
});

Deno.test("who is authorised anew lives again, however dead it was", async () => {
  const { sandbox, connections, connect, expire } = world();
  await connect(LOCATION);
  expire();
  sandbox.loseTokens();
  sandbox.removeReconnect();
  assert.equal((await connections.recover(LOCATION)).outcome, "reauthorization_required");
  const connection = await connections.authorize({ code: sandbox.authorize(LOCATION) });
  assert.deepEqual(connection.target, LOCATION);
  assert.equal(connection.status, "connected");
  assert.equal(connection.trouble, undefined);
  assert.ok(sandbox.isLiving(await connections.accessToken(LOCATION)));
});

Deno.test("an agency's code is saved under the agency", async () => {
  const { sandbox, connections } = world();
  const connection = await connections.authorize({ code: sandbox.authorize(COMPANY), userType: "Company" });
  assert.deepEqual(connection.target, COMPANY);
  assert.ok(sandbox.isLiving(await connections.accessToken(COMPANY)));
});

const OLD = { clientId: "aaaaaaaaaaaaaaaaaaaaaaaa-old00001", clientSecret: "older-secret" };
const NEW = { clientId: "aaaaaaaaaaaaaaaaaaaaaaaa-new00001", clientSecret: "newer-secret" };

Deno.test("an older pair of the app is tried where the current one is refused, and remembered", async () => {
  const { sandbox, connections, clock } = world({ sandbox: { app: { ...NEW, previous: [OLD] } } });
  sandbox.addLocation({ ...LOCATION, clientId: OLD.clientId });
  assert.equal((await connections.recover(LOCATION)).by, "reconnect");
  assert.deepEqual(traffic(sandbox), { reconnect: 2, exchange: 1 });

  sandbox.resetCounts();
  clock.at += DAY;
  await connections.accessToken(LOCATION);
  assert.deepEqual(traffic(sandbox), { refresh: 1 }, "no refused request any more");

  sandbox.loseTokens();
  sandbox.resetCounts();
  assert.equal((await connections.recover(LOCATION)).by, "reconnect");
  assert.deepEqual(traffic(sandbox), { refresh: 1, reconnect: 1, exchange: 1 });
});

Deno.test("the pair that a new authorisation was made with is remembered, not the one before", async () => {
  const { sandbox, connections, clock } = world({ sandbox: { app: { ...NEW, previous: [OLD] } } });
  sandbox.addLocation({ ...LOCATION, clientId: OLD.clientId });
  await connections.recover(LOCATION);
  await connections.authorize({ code: sandbox.authorize(LOCATION) }); // with the current pair
  sandbox.resetCounts();
  clock.at += DAY;
  await connections.accessToken(LOCATION);
  const refresh = sandbox.requests.findLast(({ body }) => body?.includes("refresh_token"));
  assert.ok(refresh?.body?.includes(NEW.clientId));
  assert.deepEqual(traffic(sandbox), { refresh: 1 });
});

for (const status of [400, 401, 403, 404, 422]) {
  Deno.test(`a ${status} with a text nobody knows keeps every token, tries the next way and troubles no person`, async () => {
    const { sandbox, connections, connect, expire } = world();
    const { refreshToken = "" } = await connect(LOCATION);
    expire();
    sandbox.removeReconnect();
    sandbox.fault({
      on: "refresh",
      kind: "status",
      status,
      body: { statusCode: status, message: "Quota of moons" },
    });
    const recovery = await connections.recover(LOCATION);
    assert.equal(recovery.outcome, "failed");
    assert.deepEqual(recovery.attempts.map(({ by }) => by), ["refresh", "reconnect"]);
    assert.ok(sandbox.isLiving(refreshToken));
    sandbox.resetCounts();
    assert.ok(sandbox.isLiving(await connections.accessToken(LOCATION)), "the kept token works");
    assert.deepEqual(traffic(sandbox), { refresh: 1 });
    assert.equal((await connections.get(LOCATION))?.status, "connected");
  });
}

Deno.test("a refresh token is called dead only for invalid_grant, and then never sent again", async () => {
  const { sandbox, connections, connect, expire } = world();
  await connect(LOCATION);
  expire();
  sandbox.loseTokens();
  sandbox.fault({ on: "reconnect", kind: "html_502", times: 3 });
  const { outcome } = await connections.recover(LOCATION);
  assert.equal(outcome, "failed");
  assert.equal((await connections.get(LOCATION))?.status, "broken");
  sandbox.resetCounts();
  await connections.accessToken(LOCATION);
  assert.deepEqual(traffic(sandbox), { reconnect: 1, exchange: 1 });
  assert.equal((await connections.get(LOCATION))?.status, "connected");
});

Deno.test("a code that ended between reconnect and exchange is asked for once more", async () => {
  const { sandbox, clock, another } = world({ sandbox: { codeLifetimeMs: 1000 } });
  sandbox.addLocation(LOCATION);
  let slow = 1;
  const connections = another({
    app: {
      ...sandbox.app,
      fetch: async (input, init) => {
        const response = await sandbox.fetch(input, init);
        if (input.endsWith("/oauth/reconnect") && slow-- > 0) clock.at += 2000;
        return response;
      },
    },
  });
  assert.equal((await connections.recover(LOCATION)).by, "reconnect");
  assert.deepEqual(traffic(sandbox), { reconnect: 2, exchange: 2 });
});

Deno.test("a code that ends every time is asked for twice, not for ever", async () => {
  const { sandbox, clock, another } = world({ sandbox: { codeLifetimeMs: 1000 } });
  sandbox.addLocation(LOCATION);
  const connections = another({
    app: {
      ...sandbox.app,
      fetch: async (input, init) => {
        const response = await sandbox.fetch(input, init);
        clock.at += 2000;
        return response;
      },
    },
  });
  assert.equal((await connections.recover(LOCATION)).outcome, "reauthorization_required");
  assert.deepEqual(traffic(sandbox), { reconnect: 2, exchange: 2 });
});

Deno.test("a throttled refresh waits as long as it was told, and no longer than 10 s", async () => {
  const { sandbox, clock, connections, connect, expire, stored } = world();
  await connect(LOCATION);
  expire();
  sandbox.fault({ on: "refresh", kind: "status", status: 429, headers: { "retry-after": "7" } });
  await connections.accessToken(LOCATION);
  assert.ok(clock.slept.some((ms) => ms >= 7_000 && ms < 7_300), String(clock.slept));
  assert.deepEqual(traffic(sandbox), { refresh: 2 });

  expire();
  const before = withoutFailure(await stored(LOCATION));
  clock.slept.length = 0;
  sandbox.fault({ on: "refresh", kind: "status", status: 429, headers: { "retry-after": "11" } });
  const { error, outcome } = await connections.recover(LOCATION);
  assert.equal(outcome, "failed");
  assert.equal(error?.code, "rate_limited");
  assert.equal(error?.retryAfterMs, 11_000);
  assert.deepEqual(clock.slept, []);
  assert.deepEqual(withoutFailure(await stored(LOCATION)), before);
});

Deno.test("a throttled refresh gives up after two waits", async () => {
  const { sandbox, connections, connect, expire } = world();
  await connect(LOCATION);
  expire();
  sandbox.fault({
    on: "refresh",
    kind: "status",
    status: 429,
    headers: { "retry-after": "1" },
    times: Infinity,
  });
  assert.equal((await connections.recover(LOCATION)).error?.code, "rate_limited");
  assert.deepEqual(traffic(sandbox), { refresh: 3 });
});

Deno.test("a token rotated elsewhere while this one waited is tried, not called dead", async () => {
  const { sandbox, clock, memory, connect, expire, another } = world();
  await connect(LOCATION);
  expire();
  const newer = tokenSetFrom(sandbox.install(LOCATION), clock.now(), "Location");
  const ended = { ...newer, expiresAt: new Date(clock.at) }; // its access token is no use, its refresh token is
  sandbox.removeReconnect();
  const other = another();
  let sends = 0;
  const connections = another({
    app: {
      ...sandbox.app,
      fetch: async (input, init) => {
        if (++sends === 1) {
          return new Response(`{"statusCode":429,"message":"slow"}`, {
            status: 429,
            headers: { "retry-after": "1" },
          });
        }
        if (sends === 2) {
          await other.save(LOCATION, ended);
          return new Response(`{"statusCode":400,"message":"Invalid grant: refresh token is invalid"}`, {
            status: 400,
          });
        }
        return await sandbox.fetch(input, init);
      },
    },
  });
  const recovery = await connections.recover(LOCATION);
  assert.deepEqual([recovery.outcome, recovery.by], ["recovered", "refresh"]);
  assert.equal(sandbox.counts.spentRefreshTokenUses, 0);
  assert.ok(await memory.get(keyOf(sandbox, LOCATION)));
});

Deno.test("after invalid_grant the store is read before anything else: tokens of another process are used", async () => {
  const { sandbox, clock, connect, expire, another } = world();
  await connect(LOCATION);
  expire();
  const other = another();
  const newer = tokenSetFrom(sandbox.install(LOCATION), clock.now(), "Location");
  const connections = another({
    app: {
      ...sandbox.app,
      fetch: async () => {
        await other.save(LOCATION, newer);
        return new Response(`{"statusCode":400,"message":"Invalid grant: refresh token is invalid"}`, {
          status: 400,
        });
      },
    },
  });
  const recovery = await connections.recover(LOCATION);
  assert.deepEqual([recovery.outcome, recovery.by], ["recovered", "store"]);
  assert.deepEqual(recovery.attempts.map(({ by }) => by), ["refresh", "store"]);
  assert.equal(await connections.accessToken(LOCATION), newer.accessToken);
});

Deno.test("what a climb learned of older tokens does not overwrite tokens saved meanwhile", async () => {
  const { sandbox, clock, connect, expire, another } = world();
  await connect(LOCATION);
  expire();
  sandbox.loseTokens();
  sandbox.removeReconnect();
  const other = another();
  const newer = tokenSetFrom(sandbox.install(LOCATION), clock.now(), "Location");
  const connections = another({
    app: {
      ...sandbox.app,
      fetch: async (input, init) => {
        const response = await sandbox.fetch(input, init);
        if (input.endsWith("/oauth/reconnect")) await other.save(LOCATION, newer); // after the store was read again
        return response;
      },
    },
  });
  const recovery = await connections.recover(LOCATION);
  assert.deepEqual([recovery.outcome, recovery.by], ["recovered", "store"]);
  assert.equal(await connections.accessToken(LOCATION), newer.accessToken);
  assert.equal((await connections.get(LOCATION))?.status, "connected");
});

Deno.test("an agency token minted seconds ago that HighLevel does not know yet is tried again after a pause", async () => {
  const { sandbox, clock, connections, connect } = world();
  sandbox.addLocation({ ...LOCATION, ...COMPANY });
  sandbox.removeReconnect();
  await connect(COMPANY);
  sandbox.fault({
    on: "locationToken",
    kind: "status",
    status: 401,
    body: { statusCode: 401, message: "Invalid JWT" },
  });
  assert.equal((await connections.recover(LOCATION, { details: COMPANY })).by, "agency");
  assert.deepEqual(clock.slept, [1000]);
  assert.deepEqual(traffic(sandbox), { reconnect: 1, locationToken: 2 });
});

Deno.test("a location that its agency may not mint for ends the climb, without a loop", async () => {
  const { sandbox, connections, connect } = world();
  sandbox.addLocation({ ...LOCATION, companyId: "anotherCompany" });
  sandbox.removeReconnect();
  await connect(COMPANY);
  const recovery = await connections.recover(LOCATION, { details: COMPANY });
  assert.equal(recovery.outcome, "reauthorization_required");
  assert.equal(recovery.error?.code, "forbidden");
  assert.deepEqual(traffic(sandbox), { reconnect: 1, locationToken: 1 });
});

Deno.test("an agency token that is refused however new it is ends the climb, without a loop", async () => {
  const { sandbox, clock, connections, connect } = world();
  sandbox.addLocation({ ...LOCATION, ...COMPANY });
  sandbox.removeReconnect();
  await connect(COMPANY);
  clock.at += HOUR;
  sandbox.fault({
    on: "locationToken",
    kind: "status",
    status: 401,
    body: { statusCode: 401, message: "Invalid JWT" },
    times: Infinity,
  });
  const recovery = await connections.recover(LOCATION, { details: COMPANY });
  assert.equal(recovery.outcome, "failed", "no person could mend that");
  assert.deepEqual(traffic(sandbox), { reconnect: 1, refresh: 1, locationToken: 3 }); // one after a pause
});

for (const on of ["refresh", "exchange", "locationToken"] as const) {
  Deno.test(`the tokens of another location, got from ${on}, are refused and never stored`, async () => {
    const { sandbox, connections, connect, expire, stored } = world();
    sandbox.addLocation({ ...LOCATION, ...COMPANY });
    await connect(LOCATION);
    expire();
    await connect(COMPANY);
    if (on !== "refresh") sandbox.loseTokens(LOCATION);
    if (on === "locationToken") sandbox.removeReconnect();
    const foreign = sandbox.install({ locationId: "anotherLocation" });
    sandbox.fault({ on, kind: "status", status: 200, body: foreign, times: Infinity });
    const recovery = await connections.recover(LOCATION);
    assert.equal(recovery.outcome, "failed");
    assert.equal(recovery.error?.code, "malformed_response");
    assert.ok(!(await stored(LOCATION)).includes(foreign.access_token));
  });
}

Deno.test("a location token without a refresh token of its own is renewed through the agency", async () => {
  const { sandbox, clock, connections, connect } = world({ sandbox: { locationRefreshTokens: false } });
  sandbox.addLocation({ ...LOCATION, ...COMPANY });
  sandbox.removeReconnect();
  await connect(COMPANY);
  assert.equal((await connections.recover(LOCATION, { details: COMPANY })).by, "agency");
  clock.at += DAY / 2;
  sandbox.expireAccessTokens();
  sandbox.resetCounts();
  const rejected = await connections.accessToken(LOCATION);
  assert.ok(sandbox.isLiving(await connections.accessToken(LOCATION, { rejected })));
  assert.deepEqual(traffic(sandbox), { refresh: 1, locationToken: 2 });
});

Deno.test("an answer without a new refresh token keeps the old one, and when it was issued", async () => {
  const { sandbox, clock, connections, connect, expire } = world();
  const { refreshToken = "" } = await connect(LOCATION);
  const issuedAt = (await connections.get(LOCATION))?.refreshTokenIssuedAt;
  expire();
  const { refresh_token: _, ...answer } = sandbox.install(LOCATION);
  sandbox.fault({ on: "refresh", kind: "status", status: 200, body: answer });
  await connections.accessToken(LOCATION);
  assert.deepEqual((await connections.get(LOCATION))?.refreshTokenIssuedAt, issuedAt);
  clock.at += DAY;
  await connections.accessToken(LOCATION);
  assert.equal(sandbox.isLiving(refreshToken), false, "it was spent by the next refresh");
  assert.notDeepEqual((await connections.get(LOCATION))?.refreshTokenIssuedAt, issuedAt);
});

Deno.test("a token that ends soon is still handed out while HighLevel is down", async () => {
  const { sandbox, clock, connections, connect } = world();
  const { accessToken, expiresAt } = await connect(LOCATION);
  clock.at = expiresAt.getTime() - 60_000;
  sandbox.fault({ on: "any", kind: "html_502", times: Infinity });
  assert.equal(await connections.accessToken(LOCATION), accessToken);
  await assert.rejects(connections.accessToken(LOCATION, { rejected: accessToken }), { code: "unavailable" });
  clock.at = expiresAt.getTime();
  await assert.rejects(connections.accessToken(LOCATION), { code: "unavailable" });
});

Deno.test("who joins a failing recovery by request still gets the token that ends soon", async () => {
  const { sandbox, clock, connections, connect } = world();
  const { accessToken, expiresAt } = await connect(LOCATION);
  clock.at = expiresAt.getTime() - 60_000;
  sandbox.fault({ on: "any", kind: "html_502", times: Infinity });
  const recovering = connections.recover(LOCATION);
  await settled(3);
  const joined = connections.accessToken(LOCATION);
  assert.equal((await recovering).outcome, "failed");
  assert.equal(await joined, accessToken);
});

Deno.test("a token of a lifetime of zero is handed out once rather than asked for without end", async () => {
  const { sandbox, connections } = world({ sandbox: { expiresIn: 0 } });
  sandbox.addLocation(LOCATION);
  assert.ok((await connections.accessToken(LOCATION)).length > 0);
  assert.deepEqual(traffic(sandbox), { reconnect: 1, exchange: 1 });
});

Deno.test("a caller may ask for a token that lives longer than the margin", async () => {
  const { sandbox, clock, connections, connect } = world();
  const { accessToken, expiresAt } = await connect(LOCATION);
  clock.at = expiresAt.getTime() - 5 * HOUR;
  assert.equal(await connections.accessToken(LOCATION), accessToken);
  const longer = await connections.tokens(LOCATION, { minLifetimeMs: 6 * HOUR });
  assert.notEqual(longer.accessToken, accessToken);
  assert.ok(longer.expiresAt.getTime() > clock.at + 6 * HOUR);
  assert.deepEqual(traffic(sandbox), { refresh: 1 });
  assert.doesNotMatch(Deno.inspect(longer), new RegExp(longer.accessToken.slice(-30)));
});

Deno.test("another host owns the company where it says so", async () => {
  const { sandbox, clock, another, connect, memory } = world();
  sandbox.addLocation({ ...LOCATION, ...COMPANY });
  await connect(COMPANY);
  sandbox.removeReconnect();
  const asked: string[][] = [];
  const host = another({ store: memory });
  const connections = another({
    mint: (companyId, locationId) => {
      asked.push([companyId, locationId]);
      return host.mint(companyId, locationId);
    },
  });
  assert.equal((await connections.recover(LOCATION, { details: COMPANY })).by, "agency");
  assert.deepEqual(asked, [[COMPANY.companyId, LOCATION.locationId]]);
  assert.equal(clock.slept.length, 0);
});

Deno.test("a token that was rotated while its predecessor was tried is not called dead untried", async () => {
  const { sandbox, clock, connect, expire, another } = world();
  await connect(LOCATION);
  expire();
  sandbox.removeReconnect();
  const other = another();
  const rotations = [1, 2].map(() => tokenSetFrom(sandbox.install(LOCATION), clock.now(), "Location"));
  const last = rotations.at(-1)?.refreshToken ?? "";
  const connections = another({
    app: {
      ...sandbox.app,
      fetch: async (input, init) => {
        const newer = rotations.shift();
        if (!newer) return await sandbox.fetch(input, init);
        await other.save(LOCATION, { ...newer, expiresAt: new Date(clock.at) });
        return new Response(`{"statusCode":400,"message":"Invalid grant: refresh token is invalid"}`, {
          status: 400,
        });
      },
    },
  });
  assert.equal((await connections.recover(LOCATION)).outcome, "failed");
  assert.ok(sandbox.isLiving(last));
  assert.ok(sandbox.isLiving(await connections.accessToken(LOCATION)), "the next call tries it");
  assert.equal(sandbox.isLiving(last), false);
});

Deno.test("an answer that does not name the agency leaves it known", async () => {
  const { sandbox, connections, connect, expire } = world();
  sandbox.addLocation({ ...LOCATION, ...COMPANY });
  await connect(LOCATION);
  expire();
  const { companyId: _, ...answer } = sandbox.install(LOCATION);
  sandbox.fault({ on: "refresh", kind: "status", status: 200, body: answer });
  await connections.accessToken(LOCATION);
  assert.equal((await connections.get(LOCATION))?.companyId, COMPANY.companyId);
});

Deno.test("a refresh token that nobody called dead outlives tokens that come without one", async () => {
  const { sandbox, another, leaveOnlyAgency, stored } = world();
  await leaveOnlyAgency(LOCATION, COMPANY);
  const refreshTokenOf = async (): Promise<unknown> => {
    const { body } = JSON.parse(await stored(LOCATION));
    return JSON.parse(body).tokens.refreshToken;
  };
  const before = await refreshTokenOf();
  const bare = another({
    app: {
      ...sandbox.app,
      fetch: async (input, init) => {
        if (init.body && input.endsWith("/oauth/token")) {
          return Response.json({ statusCode: 400, message: "Something we never saw" }, { status: 400 });
        }
        const response = await sandbox.fetch(input, init);
        if (!input.includes("locationToken") || !response.ok) return response;
        const { refresh_token: _, ...rest }: Record<string, unknown> = await response.json();
        return Response.json(rest, { status: 201 });
      },
    },
  });
  assert.equal((await bare.recover(LOCATION)).by, "agency");
  assert.ok(before);
  assert.equal(await refreshTokenOf(), before);
});

Deno.test("an agency's new token that is not known everywhere yet is tried again after a pause", async () => {
  const { sandbox, clock, connections, connect } = world();
  sandbox.addLocation({ ...LOCATION, ...COMPANY });
  sandbox.removeReconnect();
  await connect(COMPANY);
  clock.at += HOUR;
  const body = { statusCode: 401, message: "Invalid JWT" };
  sandbox.fault({ on: "locationToken", kind: "status", status: 401, body, times: 2 });
  assert.equal((await connections.recover(LOCATION, { details: COMPANY })).by, "agency");
  assert.deepEqual(traffic(sandbox), { reconnect: 1, refresh: 1, locationToken: 3 });
});

/** An app with an older pair; `answer` answers for a pair by its secret, HighLevel where it says nothing. */
function ofTwoPairs(
  { sandbox }: TestWorld,
  answer: (secret: "current" | "older", path: string) => Response | undefined,
): HighLevelApp {
  const { clientId, clientSecret } = sandbox.app;
  return {
    ...sandbox.app,
    previousCredentials: [{ clientId: `${clientId.slice(0, -1)}0`, clientSecret: "an-older-secret" }],
    fetch: async (input, init) => {
      const body = String(init.body);
      const secret = body.includes("an-older-secret")
        ? "older"
        : body.includes(clientSecret)
        ? "current"
        : undefined;
      return (secret && answer(secret, new URL(input).pathname)) ?? await sandbox.fetch(input, init);
    },
  };
}
const refusal = (status: number, message: string): Response => Response.json({ message }, { status });

Deno.test("a wrong current pair is told as such, whatever an older one is told", async () => {
  const w = world();
  w.sandbox.addLocation(LOCATION);
  const app = ofTwoPairs(
    w,
    (secret) => secret === "current" ? refusal(401, "Invalid client") : refusal(400, "App is not installed"),
  );
  const recovery = await w.another({ app }).recover(LOCATION);
  assert.deepEqual([recovery.outcome, recovery.error?.code], ["failed", "invalid_client"]);
});

Deno.test("what another pair is told of a refresh token does not give it up", async () => {
  const w = world();
  const { sandbox, connect, expire, another, connections } = w;
  await connect(LOCATION);
  expire();
  sandbox.removeReconnect();
  const app = ofTwoPairs(w, (secret, path) => {
    if (path !== "/oauth/token") return undefined;
    return secret === "current" ? refusal(401, "Invalid client") : refusal(400, "Invalid grant: not yours");
  });
  assert.equal((await another({ app }).recover(LOCATION)).error?.code, "invalid_client");
  assert.equal((await connections.recover(LOCATION)).by, "refresh", "once the pair is right again");
});

Deno.test("an agency told by mistake gives way to the right one", async () => {
  const { sandbox, connections, connect } = world();
  sandbox.addLocation({ ...LOCATION, ...COMPANY });
  await connect(COMPANY);
  sandbox.removeReconnect();
  const wrong = await connections.recover(LOCATION, { details: { companyId: "another" } });
  assert.equal(wrong.outcome, "reauthorization_required");
  assert.equal((await connections.recover(LOCATION, { details: COMPANY })).by, "agency");
});

Deno.test("a dead endpoint costs one call and its repeat, also where the first answer is lost", async () => {
  const { sandbox, another } = world();
  const ids = Array.from({ length: 50 }, (_, i) => ({ locationId: `waiting${i}` }));
  for (const target of ids) sandbox.addLocation(target);
  sandbox.removeReconnect();
  sandbox.fault({ on: "reconnect", kind: "reset_before" });
  const connections = another();
  await Promise.all(ids.map((target) => connections.recover(target)));
  assert.equal(sandbox.counts.reconnect, 2);
});

Deno.test("a malformed detail fails its caller alone", async () => {
  const { sandbox, connections } = world();
  sandbox.addLocation(LOCATION);
  const bad = assert.rejects(connections.recover(LOCATION, { details: { companyId: "bad id!" } }), TypeError);
  assert.ok(sandbox.isLiving(await connections.accessToken(LOCATION)));
  await bad;
});

Deno.test("a recovery that knows the agency goes on where one that does not has failed", async () => {
  const { sandbox, connections, connect } = world();
  sandbox.addLocation({ ...LOCATION, ...COMPANY });
  await connect(COMPANY);
  sandbox.removeReconnect();
  const lost = assert.rejects(connections.accessToken(LOCATION), { code: "reauthorization_required" });
  await settled(3);
  assert.equal((await connections.recover(LOCATION, { details: COMPANY })).by, "agency");
  await lost;
});

Deno.test("an endpoint that somebody else found back is asked again within a minute", async () => {
  const { sandbox, memory, clock, connections, connect } = world();
  await connect(LOCATION);
  sandbox.loseTokens(LOCATION);
  sandbox.removeReconnect();
  assert.equal((await connections.recover(LOCATION)).outcome, "reauthorization_required");
  sandbox.restoreReconnect();
  const appId = keyOf(sandbox, LOCATION).split("/")[0];
  await memory.delete(`app/${appId}/reconnect`);
  assert.equal(
    (await connections.recover(LOCATION)).outcome,
    "reauthorization_required",
    "it holds a minute",
  );
  clock.at += 60_001;
  assert.equal((await connections.recover(LOCATION)).by, "reconnect");
});

/** What is stored of a connection, without how its last attempt failed. */
function withoutFailure(text: string): unknown {
  const { body, summary } = JSON.parse(text);
  const { failure: _, updatedAt: __, ...record } = JSON.parse(body);
  return { record, status: summary.status, expiresAt: summary.expiresAt };
}
