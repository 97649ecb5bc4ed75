import { deepEqual, equal, match, ok } from "node:assert/strict";
import { createSandbox } from "../../src/sandbox/mod.ts";
import { deliver, graceEnds, hasMinted, importTokens, recover, statusOf } from "./calls.ts";
import { SANDBOX_APP, startWorld, TEST_ENTRY, until } from "./worker_world.ts";

const ago = (ms: number): string => new Date(Date.now() - ms).toISOString();

Deno.test("only HighLevel's own, fresh webhooks are taken, each once", async (t) => {
  await using world = await startWorld({ entry: TEST_ENTRY });
  const { sandbox } = world;
  const { locationId } = sandbox.addLocation();
  const body = sandbox.webhook("UNINSTALL", { locationId });
  await importTokens(world, { locationId });
  const refused = async (init: RequestInit): Promise<void> => {
    const { status, body } = await world.json("/webhooks/highlevel", { method: "POST", key: null, ...init });
    equal(status, 401);
    equal(body.code, "invalid_webhook");
    equal(await statusOf(world, { locationId }), "connected");
  };
  const signed = await sandbox.signWebhook(body);
  await t.step("unsigned, forged, altered, for another signature header", async () => {
    await refused({ body: signed.body });
    await refused({ body: signed.body.replace(locationId, "another1"), headers: signed.headers });
    await refused({ body: signed.body, headers: { "x-ghl-signature": btoa("x".repeat(64)) } });
    await refused({
      body: signed.body,
      headers: { "x-wh-signature": signed.headers["x-ghl-signature"] ?? "" },
    });
  });
  await t.step("more than a day late, and from the future", async () => {
    for (const offMs of [24 * 3_600_000 + 60_000, -6 * 60_000]) {
      const off = await sandbox.signWebhook({ ...body, timestamp: ago(offMs) });
      await refused({ body: off.body, headers: off.headers });
    }
  });
  await t.step("larger than 1 MiB, signed or not, with a length or without", async () => {
    const large = await sandbox.signWebhook({ ...body, filler: "x".repeat(1_048_576) });
    for (const headers of [{}, large.headers]) {
      for (const sent of [large.body, new Blob([large.body]).stream()]) {
        const init = { method: "POST", key: null, body: sent, headers };
        const answer = await world.json("/webhooks/highlevel", init);
        deepEqual([answer.status, answer.body.code], [413, "content_too_large"]);
      }
    }
  });
  await t.step("of another app: answered, and nothing is done", async () => {
    deepEqual(await deliver(world, { ...body, appId: "6637aef4b7c0e85d3b1f9d77" }), {
      status: 200,
      taken: false,
    });
    equal(await statusOf(world, { locationId }), "connected");
  });
  await t.step("another event: answered, and nothing is done", async () => {
    deepEqual(await deliver(world, { ...body, type: "ContactCreate" }), { status: 200, taken: false });
  });
  await t.step("a fresh one is taken; its copies, at once or later, change nothing", async () => {
    const fresh = { ...body, timestamp: ago(-1_000) };
    const answers = await Promise.all(Array.from({ length: 5 }, () => deliver(world, fresh)));
    equal(answers.filter(({ taken }) => taken === true).length, 1);
    equal(await statusOf(world, { locationId }), undefined);
    await importTokens(world, { locationId });
    deepEqual(await deliver(world, fresh), { status: 200, taken: false });
    equal(await statusOf(world, { locationId }), "connected");
  });
});

Deno.test("INSTALL gets tokens, from the company or by the ladder, and replaces nothing healthy", async (t) => {
  await using world = await startWorld({ entry: TEST_ENTRY });
  const { sandbox } = world;
  await t.step("a location of a known company is minted at once", async () => {
    const { companyId } = sandbox.addCompany();
    await importTokens(world, { companyId });
    const { locationId } = sandbox.addLocation({ companyId });
    sandbox.resetCounts();
    equal((await deliver(world, sandbox.webhook("INSTALL", { locationId }))).status, 200);
    await until(async () => await statusOf(world, { locationId }) === "connected");
    deepEqual([sandbox.counts.locationToken, sandbox.counts.reconnect], [1, 0]);
  });
  await t.step("without companyId it waits for the redirect, then climbs", async () => {
    const { locationId } = sandbox.addLocation();
    const { companyId: _, ...body } = sandbox.webhook("INSTALL", { locationId });
    sandbox.resetCounts();
    await deliver(world, body);
    await graceEnds(world, { locationId });
    equal(await statusOf(world, { locationId }), "connected");
    equal(sandbox.counts.reconnect, 1);
  });
  await t.step("before the redirect: the company's tokens, coming second, finish it", async () => {
    sandbox.removeReconnect();
    const { companyId } = sandbox.addCompany();
    const { locationId } = sandbox.addLocation({ companyId });
    await deliver(world, sandbox.webhook("INSTALL", { locationId }));
    await until(async () =>
      (await world.sql(`company/${companyId}`, "SELECT 1 FROM locations WHERE pending = 1")).length === 1
    );
    equal(await statusOf(world, { locationId }), undefined);
    await importTokens(world, { companyId }); // as the redirect's callback saves them
    await until(async () => await statusOf(world, { locationId }) === "connected");
    sandbox.restoreReconnect();
    deepEqual(world.alerts, [], "nobody was called for an installation that only needed a moment");
  });
  await t.step("nor does it matter by what way the company gets tokens", async () => {
    const company = sandbox.addCompany();
    const location = sandbox.addLocation(company);
    for (const target of [company, location]) sandbox.uninstall(target);
    await deliver(world, sandbox.webhook("INSTALL", location));
    await graceEnds(world, location);
    await until(async () => await statusOf(world, location) === "reauthorization_required");
    for (const target of [company, location]) sandbox.install(target);
    equal(await recover(world, company), 200);
    await until(async () => await statusOf(world, location) === "connected");
  });
  await t.step("a healthy record is left as it is", async () => {
    const { locationId } = sandbox.addLocation();
    await importTokens(world, { locationId });
    const { body: before } = await world.json(`/connections/location/${locationId}/token`);
    sandbox.resetCounts();
    await deliver(world, sandbox.webhook("INSTALL", { locationId }));
    await until(async () =>
      (await world.sql(`location/${locationId}`, "SELECT 1 FROM schedule WHERE name = 'install'")).length ===
        0
    );
    const { body: after } = await world.json(`/connections/location/${locationId}/token`);
    equal(after.access_token, before.access_token);
    equal(sandbox.counts.total, 0);
  });
});

Deno.test("webhooks that arrive in the wrong order do not undo what is newer", async (t) => {
  await using world = await startWorld({ entry: TEST_ENTRY });
  const { sandbox } = world;
  await t.step("an UNINSTALL older than the installation", async () => {
    const { locationId } = sandbox.addLocation();
    await importTokens(world, { locationId });
    await deliver(world, { ...sandbox.webhook("UNINSTALL", { locationId }), timestamp: ago(60_000) });
    equal(await statusOf(world, { locationId }), "connected");
  });
  await t.step("an INSTALL older than the UNINSTALL", async () => {
    const { locationId } = sandbox.addLocation();
    await importTokens(world, { locationId });
    const install = { ...sandbox.webhook("INSTALL", { locationId }), timestamp: ago(60_000) };
    await deliver(world, { ...sandbox.webhook("UNINSTALL", { locationId }), timestamp: ago(-1_000) });
    await deliver(world, install);
    deepEqual(
      await world.sql(`location/${locationId}`, "SELECT name FROM schedule WHERE name = 'install'"),
      [],
    );
    equal(await statusOf(world, { locationId }), undefined);
  });
  await t.step("an INSTALL after the UNINSTALL begins again", async () => {
    const { locationId } = sandbox.addLocation();
    await importTokens(world, { locationId });
    await deliver(world, { ...sandbox.webhook("UNINSTALL", { locationId }), timestamp: ago(-1_000) });
    await deliver(world, { ...sandbox.webhook("INSTALL", { locationId }), timestamp: ago(-2_000) });
    await graceEnds(world, { locationId });
    equal(await statusOf(world, { locationId }), "connected");
  });
});

Deno.test("UNINSTALL ends tokens at once, everywhere", async (t) => {
  const sandbox = createSandbox({ app: SANDBOX_APP });
  await using world = await startWorld({ sandbox, entry: TEST_ENTRY });
  await t.step(
    "a company's reaches every location that it is known to have, also more than one turn's",
    async () => {
      const { companyId } = sandbox.addCompany();
      await importTokens(world, { companyId });
      const ids = Array.from({ length: 3 }, () => sandbox.addLocation({ companyId }).locationId);
      for (const locationId of ids) await importTokens(world, { locationId });
      const name = `company/${companyId}`;
      await until(async () => (await world.sql(name, "SELECT id FROM locations")).length === 3);
      await world.sql(
        name,
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 120) INSERT INTO locations SELECT 'A' || i, 0 FROM n",
      );
      await deliver(world, { ...sandbox.webhook("UNINSTALL", { companyId }), timestamp: ago(-1_000) });
      equal(await statusOf(world, { companyId }), undefined);
      await until(async () => (await world.sql(name, "SELECT id FROM locations")).length === 0);
      for (const locationId of ids) {
        equal(await statusOf(world, { locationId }), undefined);
        const { status } = await world.json(`/connections/location/${locationId}/token`);
        equal(status, 404);
        match(
          JSON.stringify(await world.sql(`location/${locationId}`, "SELECT entry FROM history")),
          /uninstalled/,
        );
      }
    },
  );
  await t.step("a refresh, a heal or an installation in flight cannot bring it back", async () => {
    const { companyId } = sandbox.addCompany();
    await importTokens(world, { companyId });
    const { locationId } = sandbox.addLocation({ companyId });
    const name = `location/${locationId}`;
    const slow = sandbox.fault({ on: "locationToken", kind: "delay", ms: 1_000 });
    await deliver(world, sandbox.webhook("INSTALL", { locationId }));
    await until(() => slow.hits === 1); // it is being minted
    await deliver(world, { ...sandbox.webhook("UNINSTALL", { locationId }), timestamp: ago(-2_000) });
    await hasMinted(world, { locationId });
    equal(await statusOf(world, { locationId }), undefined);
    ok(
      (await world.sql(name, "SELECT name FROM schedule WHERE name IN ('heal', 'refresh', 'install')"))
        .length === 0,
    );
    await world.sql(
      name,
      "INSERT OR REPLACE INTO schedule VALUES ('heal', 1, 0, 'x'), ('refresh', 1, 0, 'y')",
    );
    await world.ring(name);
    equal(await statusOf(world, { locationId }), undefined);
  });
});
