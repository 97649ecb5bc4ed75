// A pair that was rotated is never thrown away for an extra: what is odd is put right, and told.
import assert from "node:assert/strict";
import { HOUR, type TestWorld, traffic, world } from "./world.ts";

const LOCATION = { locationId: "oddLocation1" };
const COMPANY = { companyId: "oddCompany12" };

async function expired(options: Parameters<typeof world>[0] = {}): Promise<TestWorld> {
  const w = world(options);
  w.sandbox.addLocation({ ...LOCATION, ...COMPANY });
  await w.connect(LOCATION);
  w.expire();
  w.sandbox.resetCounts();
  return w;
}

for (const answerExpiresIn of ["omit", null, -1, 0, "86399s", 1e300, 9_999_999_999] as const) {
  Deno.test(`a refresh answer whose expires_in is ${answerExpiresIn} is kept; its token ends as it says itself`, async () => {
    const { sandbox, clock, connections, events } = await expired();
    sandbox.set({ answerExpiresIn });
    const tokens = await connections.tokens(LOCATION);
    assert.ok(sandbox.isLiving(tokens.accessToken) && sandbox.isLiving(`${tokens.refreshToken}`));
    const leftMs = tokens.expiresAt.getTime() - clock.at;
    assert.ok(Math.abs(leftMs - 86_399_000) < 1_000, `${leftMs}`);
    assert.equal((await connections.get(LOCATION))?.status, "connected");
    const odd = events.find(({ type }) => type === "odd_answer");
    assert.match(odd?.error?.message ?? "", /oddLocation1.*does not say when the token ends.*kept/);
    assert.deepEqual(traffic(sandbox), { refresh: 1 });
  });
}

Deno.test("where the token does not say when it ends either, it is used for an hour", async () => {
  const { sandbox, clock, connections } = await expired();
  const alter = ({ expires_in: _, ...body }: Record<string, unknown>): unknown => ({
    ...body,
    access_token: "opaque-token",
  });
  sandbox.fault({ on: "refresh", kind: "altered", alter });
  const tokens = await connections.tokens(LOCATION);
  assert.equal(tokens.expiresAt.getTime(), clock.at + HOUR);
});

const CHANGES: readonly (readonly [string, (body: Record<string, unknown>) => unknown, boolean])[] = [
  ["userType in lower case", (body) => ({ ...body, userType: "location" }), false],
  ["userType of nobody", (body) => ({ ...body, userType: "Agency" }), false],
  ["userType of a company", (body) => ({ ...body, userType: "Company" }), true],
  ["userType of a company, without a locationId", ({ locationId: _, ...body }) => ({
    ...body,
    userType: "Company",
  }), true],
  [
    "ids in another case",
    (body) => ({ ...body, locationId: "ODDLOCATION1", companyId: "ODDCOMPANY12" }),
    false,
  ],
];
for (const [what, alter, isTold] of CHANGES) {
  Deno.test(`a refresh answer with ${what} is kept`, async () => {
    const { sandbox, connections, events, stored } = await expired();
    sandbox.fault({ on: "refresh", kind: "altered", alter });
    const tokens = await connections.tokens(LOCATION);
    assert.ok(sandbox.isLiving(`${tokens.refreshToken}`));
    assert.deepEqual([tokens.userType, tokens.locationId ?? LOCATION.locationId], [
      "Location",
      LOCATION.locationId,
    ]);
    assert.equal(events.some(({ type }) => type === "odd_answer"), isTold);
    assert.match(await stored(LOCATION), /oddLocation1/);
    assert.ok(sandbox.isLiving(await connections.accessToken(LOCATION, { minLifetimeMs: 2 * 86_400_000 })));
  });
}

Deno.test("tokens that name another connection are not stored under this one", async () => {
  const { sandbox, connections } = await expired();
  sandbox.fault({
    on: "refresh",
    kind: "altered",
    alter: (body) => ({ ...body, locationId: "somebodyElse" }),
    times: 5,
  });
  await assert.rejects(connections.accessToken(LOCATION), { code: "malformed_response" });
  assert.equal((await connections.get(LOCATION))?.status, "connected");
});

for (const expiresIn of [300, 60, 10]) {
  Deno.test(`a token that lives for ${expiresIn} s serves more than one call`, async () => {
    const { sandbox, clock, connections } = await expired({ sandbox: { expiresIn } });
    const first = await connections.accessToken(LOCATION);
    for (let call = 0; call < 20; call++) assert.equal(await connections.accessToken(LOCATION), first);
    assert.deepEqual(traffic(sandbox), { refresh: 1 });
    clock.at += expiresIn * 800;
    assert.notEqual(await connections.accessToken(LOCATION), first, "near its end it is refreshed");
  });
}

Deno.test("the trace id of a token answer is kept with the tokens", async () => {
  const { connections } = await expired();
  assert.match((await connections.tokens(LOCATION)).traceId ?? "", /^[0-9a-f-]{36}$/);
});
