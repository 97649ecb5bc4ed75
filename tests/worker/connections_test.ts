import { deepEqual, equal, match, ok } from "node:assert/strict";
import { createSandbox } from "../../src/sandbox/mod.ts";
import { sha256Hex } from "../../src/worker/http/digest.ts";
import { importLost, linkTarget } from "./calls.ts";
import { SANDBOX_APP, startWorld, TEST_ENTRY, until, type WorkerWorld } from "./worker_world.ts";

const post = { method: "POST" };

async function token(world: WorkerWorld, locationId: string, query = ""): Promise<string> {
  const { status, body } = await world.json(`/connections/location/${locationId}/token${query}`);
  equal(status, 200, JSON.stringify(body));
  return String(body.access_token);
}

Deno.test("one connection through its whole life by HTTP", async (t) => {
  await using world = await startWorld({ entry: TEST_ENTRY });
  const { sandbox, json, call } = world;
  const { companyId } = sandbox.addCompany();
  const { locationId } = sandbox.addLocation({ companyId, name: "Harbour Dental" });
  const path = `/connections/location/${locationId}`;

  await t.step("nothing is known: 404", async () => {
    equal((await json(path)).status, 404);
  });

  await t.step("its first token is recovered, as RFC 6749 words it", async () => {
    const response = await call(`${path}/token`);
    equal(response.headers.get("cache-control"), "no-store");
    const body: Record<string, unknown> = await response.json();
    deepEqual(Object.keys(body).sort(), ["access_token", "expires_in", "scope", "token_type"]);
    ok(sandbox.isLiving(String(body.access_token)));
    ok(Number(body.expires_in) > 86_000 && Number(body.expires_in) <= 86_399);
    equal(body.token_type, "Bearer");
    equal(body.scope, sandbox.app.scope);
  });

  await t.step("it is listed and shown, with history and without a token", async () => {
    await until(async () => (await json("/connections")).body.total === 1);
    const list = await json("/connections");
    deepEqual(Object.keys(list.body).sort(), ["connections", "isComplete", "total"]);
    const shown = await json(path);
    equal(shown.body.status, "connected");
    deepEqual(shown.body.target, { locationId });
    match(JSON.stringify(shown.body.history), /"type":"recovered".*"by":"reconnect".*"traceId":/);
    for (const secret of sandbox.issuedSecrets()) {
      ok(!JSON.stringify([list.body, shown.body]).includes(secret));
    }
    ok(
      new Date(String(shown.body.nextAt)).getTime() > Date.now() + 65_000_000,
      "refreshed an hour before expiry, and up to a fifth of its life",
    );
  });

  await t.step(
    "a token that was refused is replaced once; who comes late with it gets the new one",
    async () => {
      const first = await token(world, locationId);
      sandbox.expireAccessTokens({ locationId });
      sandbox.resetCounts();
      const rejected = `?rejected=${await sha256Hex(first)}`;
      const second = await token(world, locationId, rejected);
      equal(await token(world, locationId, rejected), second);
      ok(second !== first && sandbox.isLiving(second));
      equal(sandbox.counts.refresh, 1);
      equal(await token(world, locationId, `?rejected=${(await sha256Hex(first)).toUpperCase()}`), second);
      equal(
        await token(world, locationId, `?rejected=${"0".repeat(64)}`),
        second,
        "another token's hash heals nothing",
      );
      equal(sandbox.counts.refresh, 1);
    },
  );

  await t.step("recover tells by what, with attempts and trace id", async () => {
    sandbox.loseTokens({ locationId });
    const { status, body } = await json(`${path}/recover`, post);
    equal(status, 200);
    equal(body.outcome, "recovered");
    equal(body.by, "reconnect");
    equal(typeof body.traceId, "string");
    match(JSON.stringify(body.attempts), /refresh.*invalid_grant.*reconnect/);
  });

  await t.step("forgotten: no token, no listing, history stays; recover brings it back", async () => {
    equal((await call(path, { method: "DELETE" })).status, 204);
    equal((await json(path)).status, 404);
    const { status, body } = await json(`${path}/token`);
    equal(status, 404);
    equal(body.code, "not_installed");
    await until(async () => (await json("/connections")).body.total === 0);
    equal((await json(`${path}/recover`, post)).status, 200);
    match(JSON.stringify((await json(path)).body.history), /recovered.*forgotten/);
  });

  await t.step("list pages and filters", async () => {
    const more = Array.from({ length: 4 }, () => sandbox.addLocation().locationId);
    for (const id of more) await token(world, id);
    await until(async () => (await json("/connections")).body.total === 5);
    const seen: string[] = [];
    let cursor = "";
    do {
      const { body } = await json(`/connections?limit=2${cursor && `&cursor=${encodeURIComponent(cursor)}`}`);
      const { connections } = body;
      ok(Array.isArray(connections) && connections.length <= 2);
      seen.push(...connections.map(({ target }) => target.locationId));
      cursor = String(body.cursor ?? "");
    } while (cursor);
    deepEqual(seen.sort(), [locationId, ...more].sort());
    deepEqual((await json("/connections?status=paused")).body.connections, []);
    const [first] = more;
    const found = await json(`/connections?q=${first}&kind=location&status=connected&order=since`);
    deepEqual([found.body.total, Object(found.body.connections)[0].target], [1, { locationId: first }]);
    const { status, body } = await json(`/connections?cursor=${encodeURIComponent('["name","a",1]')}`);
    deepEqual([status, body.code], [422, "invalid_input"], "a cursor of another order");
  });
});

Deno.test("tokens are imported in every spelling, and only under the connection they are for", async (t) => {
  await using world = await startWorld();
  const { sandbox } = world;
  const put = (path: string, body: unknown): Promise<{ status: number; body: Record<string, unknown> }> =>
    world.json(path, {
      method: "PUT",
      body: JSON.stringify(body),
      headers: { "Content-Type": "application/json; charset=utf-8" },
    });
  const spellings = {
    "HighLevel's own": (tokens: Record<string, unknown>) => tokens,
    "v3's": ({ access_token, refresh_token, expires_in, token_type, ...rest }: Record<string, unknown>) => ({
      ...rest,
      accessToken: access_token,
      refreshToken: refresh_token,
      expiresIn: expires_in,
      tokenType: token_type,
    }),
    "a TokenSet's": (tokens: Record<string, unknown>) => ({
      accessToken: tokens.access_token,
      refreshToken: tokens.refresh_token,
      expiresAt: new Date(Date.now() + 86_000_000).toISOString(),
      scope: ["contacts.readonly"],
      userType: "Location",
    }),
  };
  for (const [name, spell] of Object.entries(spellings)) {
    await t.step(name, async () => {
      const { locationId } = sandbox.addLocation();
      const tokens = { ...sandbox.install({ locationId }) };
      const path = `/connections/location/${locationId}`;
      equal((await put(path, { ...spell(tokens), name: "Kim's" })).status, 204);
      sandbox.resetCounts();
      const answer = await world.json(`${path}/token`);
      equal(answer.body.access_token, tokens.access_token);
      equal(sandbox.counts.total, 0);
      equal((await world.json(path)).body.name, "Kim's");
    });
  }
  await t.step("without a lifetime it is refreshed before its first use", async () => {
    const { locationId } = sandbox.addLocation();
    const { access_token, refresh_token } = { ...sandbox.install({ locationId }) };
    equal((await put(`/connections/location/${locationId}`, { access_token, refresh_token })).status, 204);
    sandbox.resetCounts();
    const answer = await world.json(`/connections/location/${locationId}/token`);
    ok(answer.body.access_token !== access_token);
    equal(sandbox.counts.refresh, 1);
  });
  await t.step("a moment is told in ISO 8601, in milliseconds or in seconds", async () => {
    const endsAt = Date.now() + 86_000_000;
    const spellings = [
      new Date(endsAt).toISOString(),
      endsAt,
      Math.floor(endsAt / 1000),
      `${Math.floor(endsAt / 1000)}`,
      `${endsAt}`,
    ];
    for (const expires_at of spellings) {
      const { locationId } = sandbox.addLocation();
      const { access_token } = { ...sandbox.install({ locationId }) };
      const path = `/connections/location/${locationId}`;
      equal((await put(path, { access_token, expires_at })).status, 204);
      const answer = await world.json(`${path}/token`);
      equal(answer.body.access_token, access_token, `${expires_at}`);
      ok(Math.abs(Number(answer.body.expires_in) - 86_000) < 60, `${expires_at}: ${answer.body.expires_in}`);
    }
  });
  await t.step("a lifetime that is none is refused, and told what is allowed", async () => {
    const { locationId } = sandbox.addLocation();
    const path = `/connections/location/${locationId}`;
    for (const lifetime of [{ expires_in: -1 }, { expires_in: "soon" }, { expires_in: 1e12 }]) {
      const { status, body } = await put(path, { access_token: "a", ...lifetime });
      equal(status, 422);
      const message = "must be seconds, 0 to 9999999999";
      equal(body.detail, `body expires_in: ${message}`);
      deepEqual(body.errors, [{ in: "body", field: "expires_in", message }]);
    }
    for (const expiresAt of [8e15, "soon", {}]) {
      const { status, body } = await put(path, { access_token: "a", expiresAt });
      equal(status, 422);
      match(String(body.detail), /^body expiresAt: must be ISO 8601/);
    }
    equal((await world.json(path)).status, 404);
  });
  await t.step("tokens of another app are refused, whichever field names it", async () => {
    const { locationId } = sandbox.addLocation();
    const { access_token, expires_in, appId } = { ...sandbox.install({ locationId }) };
    const path = `/connections/location/${locationId}`;
    for (const name of ["appId", "app_id", "applicationId", "application_id"]) {
      for (const foreign of ["6637aef4b7c0e85d3b1f9d77", `${appId}0`, 5]) {
        const { status, body } = await put(path, { access_token, expires_in, [name]: foreign });
        equal(status, 422, name);
        equal(body.detail, `body ${name}: must be ${appId}, this app's id`);
      }
    }
    equal((await world.json(path)).status, 404);
    const own = { appId, app_id: appId, applicationId: appId, application_id: null };
    equal((await put(path, { access_token, expires_in, ...own })).status, 204);
  });
  await t.step(
    "another location's or a company's tokens are refused, and nothing of them is shown",
    async () => {
      const { locationId } = sandbox.addLocation();
      const tokens = { ...sandbox.install({ locationId }) };
      for (const path of ["/connections/location/another1", `/connections/company/${locationId}`]) {
        const { status, body } = await put(path, tokens);
        equal(status, 422);
        equal(body.code, "invalid_input");
        for (const secret of sandbox.issuedSecrets()) ok(!JSON.stringify(body).includes(secret));
        equal((await world.json(path)).status, 404);
      }
    },
  );
});

Deno.test("what cannot be recovered says why, and what to do", async (t) => {
  await using world = await startWorld({ entry: TEST_ENTRY });
  const { sandbox, json } = world;

  await t.step("a paused location is a conflict, and its token is not burnt", async () => {
    const { locationId } = sandbox.addLocation();
    await token(world, locationId);
    sandbox.pause(locationId);
    const { status, body } = await json(`/connections/location/${locationId}/recover`, post);
    equal(status, 409);
    equal(body.code, "location_inactive");
    equal(body.outcome, "paused");
    sandbox.resume(locationId);
    sandbox.resetCounts();
    equal((await json(`/connections/location/${locationId}/recover`, post)).body.by, "refresh");
    equal(sandbox.counts.reconnect, 0);
  });

  await t.step("one that needs a person gets the link that is tied to it", async () => {
    const { locationId } = sandbox.addLocation();
    await importLost(world, { locationId });
    const path = `/connections/location/${locationId}`;
    const recovery = await json(`${path}/recover`, post);
    equal(recovery.status, 424);
    equal(recovery.body.outcome, "reauthorization_required");
    deepEqual(await linkTarget(recovery.body.authorizationUrl, sandbox.app), { locationId });
    const asked = await json(`${path}/token`);
    equal(asked.status, 424);
    equal(asked.body.code, "reauthorization_required");
    deepEqual(await linkTarget(asked.body.authorizationUrl, sandbox.app), { locationId });
    const proxied = await json(`/proxy/location/${locationId}/contacts/`);
    equal(proxied.status, 424);
    deepEqual(await linkTarget(proxied.body.authorizationUrl, sandbox.app), { locationId });
    equal((await json(path)).body.status, "reauthorization_required");
  });

  await t.step("an outage is a 503 with Retry-After", async () => {
    const { locationId } = sandbox.addLocation();
    const outage = sandbox.fault({
      on: "any",
      kind: "status",
      status: 503,
      times: 100,
      headers: { "retry-after": "30" },
    });
    for (const path of [`/connections/location/${locationId}/token`]) {
      const response = await world.call(path);
      await response.body?.cancel();
      equal(response.status, 503);
      ok(Number(response.headers.get("retry-after")) >= 5);
    }
    const recovery = await json(`/connections/location/${locationId}/recover`, post);
    equal(recovery.status, 503);
    equal(recovery.body.outcome, "failed");
    outage.remove();
  });
});

Deno.test("credentials that HighLevel refuses are a 502", async () => {
  const sandbox = createSandbox({ app: SANDBOX_APP });
  await using world = await startWorld({
    sandbox,
    variables: { HIGHLEVEL_CLIENT_SECRET: "wrong-client-secret" },
  });
  const { locationId } = sandbox.addLocation();
  const { status, body } = await world.json(`/connections/location/${locationId}/recover`, post);
  equal(status, 502);
  equal(body.code, "invalid_client");
  ok(!JSON.stringify(body).includes("wrong-client-secret"));
});
