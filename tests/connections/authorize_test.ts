import assert from "node:assert/strict";
import { HighLevelError } from "../../src/oauth/highlevel_error.ts";
import { keyOf, traffic, world } from "./world.ts";

const LOCATION = { locationId: "authLocation" };
const OTHER = { locationId: "otherLocation" };
const COMPANY = { companyId: "authCompany" };
const NEW = { clientId: "66a1b2c3d4e5f6a7b8c9d0e1-newpair1", clientSecret: "new-secret" };
const OLD = { clientId: "66a1b2c3d4e5f6a7b8c9d0e1-oldpair1", clientSecret: "old-secret" };

async function rejected(work: Promise<unknown>): Promise<HighLevelError> {
  const error = await work.then(() => undefined, (thrown: unknown) => thrown);
  assert.ok(error instanceof HighLevelError, Deno.inspect(error));
  return error;
}

Deno.test("a code from the marketplace, which nobody here asked for, connects whom its tokens name", async () => {
  const { sandbox, connections } = world();
  sandbox.addLocation({ ...LOCATION, ...COMPANY });
  const connection = await connections.authorize({ code: sandbox.marketplaceCode(LOCATION) });
  assert.deepEqual([connection.target, connection.companyId], [LOCATION, COMPANY.companyId]);
  assert.ok(sandbox.isLiving(await connections.accessToken(LOCATION)));
  assert.deepEqual(traffic(sandbox), { exchange: 1 });
});

Deno.test("an agency user's code connects the company, though a location was asked for", async () => {
  const { sandbox, connections } = world();
  sandbox.addCompany(COMPANY);
  const connection = await connections.authorize({ code: sandbox.marketplaceCode(COMPANY) });
  assert.deepEqual(connection.target, COMPANY);
  assert.equal((await connections.get(COMPANY))?.status, "connected");
});

for (const [asked, code] of [["Company", LOCATION], ["Location", COMPANY]] as const) {
  Deno.test(`where HighLevel takes no user type ${asked}, the other one is asked for`, async () => {
    const { sandbox, connections } = world();
    sandbox.fault({
      on: "exchange",
      kind: "status",
      status: 400,
      body: { statusCode: 400, message: "Invalid parameter: `user_type`" },
    });
    const connection = await connections.authorize({ code: sandbox.authorize(code), userType: asked });
    assert.deepEqual(connection.target, code);
    assert.deepEqual(traffic(sandbox), { exchange: 2 });
  });
}

Deno.test("the code of an older pair is exchanged with that pair, which later refreshes", async () => {
  const { sandbox, clock, connections } = world({ sandbox: { app: { ...NEW, previous: [OLD] } } });
  sandbox.addLocation({ ...LOCATION, clientId: OLD.clientId });
  const page = new URL("https://marketplace.gohighlevel.com/v2/oauth/chooselocation");
  const { redirectUri, scope } = sandbox.app;
  const query = { response_type: "code", client_id: OLD.clientId, redirect_uri: redirectUri, scope };
  for (const [name, value] of Object.entries(query)) page.searchParams.set(name, value);
  const { headers } = await sandbox.fetch(page, { redirect: "manual" });
  const code = new URL(headers.get("location") ?? "").searchParams.get("code") ?? "";
  assert.deepEqual((await connections.authorize({ code })).target, LOCATION);
  sandbox.resetCounts();
  clock.at += 86_400_000;
  await connections.accessToken(LOCATION);
  assert.deepEqual(traffic(sandbox), { refresh: 1 });
});

Deno.test("another connection than the expected one is refused by name, and nothing is stored", async () => {
  const { sandbox, store, connections } = world();
  sandbox.addLocation(LOCATION);
  sandbox.addLocation(OTHER);
  const error = await rejected(connections.authorize({ code: sandbox.authorize(OTHER), expected: LOCATION }));
  assert.equal(error.code, "wrong_connection");
  assert.equal(error.retryable, false);
  assert.deepEqual(error.target, OTHER);
  assert.match(error.message, /otherLocation was authorized, and not Location authLocation/);
  assert.equal(store.calls.put, 0);
});

Deno.test("the expected connection is recognised in whatever case its id is written", async () => {
  const { sandbox, connections, memory } = world();
  sandbox.addLocation(LOCATION);
  sandbox.fault({
    on: "exchange",
    kind: "altered",
    alter: (body) => ({ ...body, locationId: "AUTHLOCATION" }),
  });
  await connections.authorize({ code: sandbox.authorize(LOCATION), expected: LOCATION });
  assert.ok(await memory.get(keyOf(sandbox, LOCATION)));
});

Deno.test("a dead code stores nothing, and costs one call for each pair", async () => {
  for (const codeNotFoundStyle of [false, true]) {
    const { sandbox, store, connections } = world({
      sandbox: { app: { ...NEW, previous: [OLD] }, codeNotFoundStyle },
    });
    const error = await rejected(connections.authorize({ code: "no-such-code", expected: LOCATION }));
    assert.equal(error.code, "invalid_grant");
    assert.deepEqual(traffic(sandbox), { exchange: 2 });
    assert.deepEqual(store.calls, { get: 0, put: 0, delete: 0, list: 0 });
  }
});

Deno.test("tokens that name nobody are refused", async () => {
  const { sandbox, connections } = world();
  sandbox.addLocation(LOCATION);
  const alter = ({ locationId: _, companyId: __, ...rest }: Record<string, unknown>): unknown => rest;
  sandbox.fault({ on: "exchange", kind: "altered", alter });
  const error = await rejected(connections.authorize({ code: sandbox.authorize(LOCATION) }));
  assert.equal(error.code, "malformed_response");
});

Deno.test("a malformed expectation is refused before anything is sent", async () => {
  const { sandbox, connections } = world();
  await assert.rejects(connections.authorize({ code: "c", expected: { locationId: "a b" } }), {
    name: "TypeError",
    message: /^locationId must/,
  });
  assert.equal(sandbox.counts.total, 0);
});
