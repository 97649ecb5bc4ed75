import { deepEqual, equal, match, ok } from "node:assert/strict";
import { createSandbox } from "../../src/sandbox/mod.ts";
import { look, statusOf } from "./calls.ts";
import { KEYS, SANDBOX_APP, startWorld, TEST_ENTRY, until, worldClock } from "./worker_world.ts";

const JSON_TYPE = { "Content-Type": "application/json" };

Deno.test("a code that came to the host's own callback is exchanged and kept", async (t) => {
  const older = { clientId: "6637aef4b7c0e85d3b1f9d77-old00001", clientSecret: "older-secret" };
  const sandbox = createSandbox({ app: { ...SANDBOX_APP, previous: [older] }, now: worldClock.now });
  /** Holds back the answer to one request. */
  let hold: ((answer: Response) => Promise<Response>) | undefined;
  await using world = await startWorld({
    sandbox,
    upstream: (request) => {
      const held = hold;
      hold = undefined;
      return held && sandbox.handler(request).then(held);
    },
    entry: TEST_ENTRY,
    variables: { HIGHLEVEL_PREVIOUS_CREDENTIALS: `${older.clientId}:${older.clientSecret}` },
  });
  const bring = async (body: object, key: string = KEYS.admin): ReturnType<typeof world.json> => {
    const answer = await world.json("/oauth/code", {
      method: "POST",
      key,
      headers: JSON_TYPE,
      body: JSON.stringify(body),
    });
    for (const secret of sandbox.issuedSecrets()) ok(!JSON.stringify(answer).includes(secret));
    return answer;
  };

  const tokenOf = async ({ locationId }: { locationId: string }): Promise<unknown> =>
    (await world.json(`/connections/location/${locationId}/token`)).body.access_token;

  await t.step("a location's, as the connection is shown", async () => {
    const company = sandbox.addCompany();
    const location = sandbox.addLocation({ ...company, installed: false, versionId: "version1" });
    const { status, body } = await bring({ code: sandbox.authorize(location) });
    equal(status, 200);
    const { history: _, nextAt: __, ...shown } = await look(world, location);
    deepEqual(body, shown);
    deepEqual([body.target, body.status, body.companyId, body.versionId], [
      location,
      "connected",
      company.companyId,
      "version1",
    ]);
    ok(Date.parse(String(body.expiresAt)) > Date.now());
  });
  await t.step(
    "a company's, also where a location's was thought of; its bulk installation begins",
    async () => {
      const company = sandbox.addCompany({ bulk: { approveAllLocations: true } });
      const location = sandbox.addLocation(company);
      const { status, body } = await bring({ code: sandbox.authorize(company), userType: "Company" });
      equal(status, 200);
      deepEqual(body.target, company);
      await until(async () => await statusOf(world, location) === "connected");
      equal((await bring({ code: sandbox.authorize(company) })).status, 200);
    },
  );
  await t.step("another than the one expected is refused by name, and not kept", async () => {
    const wanted = sandbox.addLocation();
    const other = sandbox.addLocation();
    const { status, body } = await bring({ code: sandbox.authorize(other), expected: wanted });
    deepEqual([status, body.code, body.target], [409, "wrong_connection", other]);
    equal(await statusOf(world, other), undefined);
    equal((await bring({ code: sandbox.authorize(wanted), expected: wanted })).status, 200);
  });
  await t.step("what a code gave is kept by an object that has too much to do for a while", async () => {
    const location = sandbox.addLocation({ installed: false });
    const code = sandbox.authorize(location);
    await world.handle("hurry", { times: 100 });
    await world.handle("overload", { times: 3 });
    equal((await bring({ code })).status, 200);
    await world.handle("hurry", { times: 1 });
    ok(sandbox.isLiving(String(await tokenOf(location))));
  });
  await t.step(
    "of two codes for one connection the one granted last stands, not the one kept last",
    async () => {
      const location = sandbox.addLocation({ installed: false });
      const granted = Promise.withResolvers<void>();
      const over = Promise.withResolvers<void>();
      hold = async (answer) => {
        granted.resolve();
        await over.promise;
        return answer;
      };
      const first = bring({ code: sandbox.authorize(location) });
      await granted.promise;
      await world.advance(2_000);
      equal((await bring({ code: sandbox.authorize(location) })).status, 200);
      const latest = await tokenOf(location);
      over.resolve();
      equal((await first).status, 200);
      equal(await tokenOf(location), latest);
    },
  );
  await t.step("a code that is used or unknown, with every pair", async () => {
    const code = sandbox.authorize(sandbox.addLocation());
    equal((await bring({ code })).status, 200);
    sandbox.resetCounts();
    for (const dead of [code, "never-issued"]) {
      const { status, body } = await bring({ code: dead });
      deepEqual([status, body.code], [422, "invalid_grant"]);
    }
    equal(sandbox.counts.exchange, 4);
  });
  await t.step("trouble of HighLevel's may pass, and says so", async () => {
    const code = sandbox.authorize(sandbox.addLocation());
    const outage = sandbox.fault({ on: "exchange", kind: "status", status: 503, times: 10 });
    const response = await world.call("/oauth/code", {
      method: "POST",
      headers: JSON_TYPE,
      body: JSON.stringify({ code }),
    });
    equal(response.status, 503);
    match(response.headers.get("retry-after") ?? "", /^\d+$/);
    await response.body?.cancel();
    outage.remove();
    equal((await bring({ code })).status, 200);
  });
  await t.step("it is the admin's", async () => {
    const code = sandbox.authorize(sandbox.addLocation());
    for (const key of [KEYS.viewer, KEYS.service]) equal((await bring({ code }, key)).status, 403);
    equal((await bring({ code })).status, 200);
  });
});
