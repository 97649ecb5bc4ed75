import { deepEqual, doesNotMatch, equal, match, ok } from "node:assert/strict";
import { decodeRecord } from "../../src/connections/codec.ts";
import type { ConnectionRecord } from "../../src/connections/record.ts";
import { CloudflareKvStore, sealed } from "../../src/stores/mod.ts";
import { createSandbox } from "../../src/sandbox/mod.ts";
import { deliver, endObject, importTokens, look, nameOf, put, statusOf } from "./calls.ts";
import { choice, InstallBrowser } from "./install_browser.ts";
import {
  KEYS,
  SANDBOX_APP,
  SEALING_KEY,
  startWorld,
  TEST_ENTRY,
  until,
  type WorkerWorld,
  worldClock,
} from "./worker_world.ts";

const DAY = 86_400_000;
const JSON_TYPE = { "Content-Type": "application/json" };

/** KV's copy of a connection, opened. */
async function copyOf({ miniflare, sandbox }: WorkerWorld, name: string): Promise<ConnectionRecord> {
  const [appId = ""] = sandbox.app.clientId.split("-");
  const kv = new CloudflareKvStore(Object(await miniflare.getKVNamespace("TOKENS")));
  const record = await sealed(kv, { keys: [SEALING_KEY] }).get(`${appId}/${name}`);
  ok(record, "KV has a copy");
  return decodeRecord(record);
}

Deno.test("a connection is suspended: nobody gets its token, nothing is asked of HighLevel, nothing is lost; and it is resumed", async (t) => {
  worldClock.offsetMs = 0;
  const sandbox = createSandbox({ app: SANDBOX_APP, now: worldClock.now });
  await using world = await startWorld({ sandbox, entry: TEST_ENTRY });
  const { json, call } = world;
  const target = sandbox.addLocation();
  const name = nameOf(target);
  const path = `/connections/${name}`;
  const suspend = async (reason?: string): Promise<number> => {
    const body = JSON.stringify({ reason });
    return (await call(`${path}/suspend`, { method: "POST", headers: JSON_TYPE, body })).status;
  };
  const resume = async (): Promise<number> => (await call(`${path}/resume`, { method: "POST" })).status;
  const tokenOf = async () => await json(`${path}/token`, { key: KEYS.service });
  const listed = async (query: string) => Number((await json(`/connections?${query}`)).body.total);
  const copy = async () => await copyOf(world, name);

  await t.step("what is not known cannot be suspended or resumed", async () => {
    deepEqual([await suspend(), await resume()], [404, 404]);
  });

  await importTokens(world, target);
  const before = await copy();
  equal((await tokenOf()).status, 200);
  const asked = sandbox.counts.total;

  await t.step("who asks for its token is told so, and by whom and why", async () => {
    equal(await suspend(" not paid\n"), 204);
    const { status, body } = await tokenOf();
    deepEqual([status, body.code], [409, "suspended"]);
    match(String(body.detail), /is suspended here by admin \("not paid"\)/);
    const proxied = await json(`/proxy/${name}/contacts/?limit=1`, { key: KEYS.service });
    deepEqual([proxied.status, proxied.body.code], [409, "suspended"]);
    const checked = await json(`${path}/check`, { method: "POST" });
    deepEqual([checked.status, checked.body.code], [409, "suspended"]);
    const recovery = await json(`${path}/recover`, { method: "POST" });
    deepEqual([recovery.status, recovery.body.outcome, recovery.body.code], [409, "paused", "suspended"]);
    equal(sandbox.counts.total, asked, "HighLevel was asked for nothing");
  });

  await t.step("KV's copy serves nobody, and has the refresh token all the same", async () => {
    const { status, tokens, refreshTokenIssuedAt } = await copy();
    deepEqual([status, tokens?.expiresAt.getTime()], ["paused", 0]);
    equal(tokens?.refreshToken, before.tokens?.refreshToken);
    equal(
      refreshTokenIssuedAt,
      before.refreshTokenIssuedAt,
      "so that the sweep warns before its year is over",
    );
  });

  await t.step("it is shown and listed as paused, with the cause, and the app's banner waits", async () => {
    const { status, suspended, nextAt, history } = await look(world, target);
    deepEqual([status, nextAt], ["paused", undefined]);
    deepEqual([Object(suspended).by, Object(suspended).reason], ["admin", "not paid"]);
    const endsInMs = Date.parse(Object(suspended).refreshTokenEndsAt) - worldClock.now();
    ok(endsInMs > 364 * DAY && endsInMs <= 365 * DAY);
    match(JSON.stringify(history), /"type":"suspended".*"message":"not paid","actor":"admin"/);
    const health = (await json(`${path}/health`, { key: KEYS.service })).body;
    deepEqual([health.action, health.suspended, health.since], ["wait", true, Object(suspended).at]);
    const query = "status=paused&cause=location_inactive/suspended";
    await until(async () => await listed(query) === 1);
  });

  await t.step("days later, in a new instance, nothing was asked and nothing is planned", async () => {
    await world.advance(2 * DAY);
    await endObject(world, target);
    await world.ring(name);
    equal((await tokenOf()).status, 409);
    equal((await look(world, target)).nextAt, undefined);
    equal(sandbox.counts.total, asked);
  });

  await t.step("a bulk recovery passes it over, and says why", async () => {
    const body = JSON.stringify({ targets: [target] });
    const started = await json("/recoveries", { method: "POST", headers: JSON_TYPE, body });
    const job = `/recoveries/${String(started.body.id)}`;
    await until(async () => (await json(job)).body.status === "done");
    equal((await json(job)).body.paused, 1);
    match(await (await call(`${job}/events`)).text(), /"outcome":"paused","code":"suspended"/);
    equal(sandbox.counts.total, asked);
  });

  await t.step("an INSTALL and new tokens are kept, and it stays suspended", async () => {
    const [appId = ""] = sandbox.app.clientId.split("-");
    await deliver(world, { type: "INSTALL", appId, ...target, timestamp: new Date(worldClock.now()) });
    await put(world, target, sandbox.install(target));
    await world.ring(name);
    equal((await tokenOf()).status, 409);
    const { tokens } = await copy();
    equal(tokens?.expiresAt.getTime(), 0);
    ok(tokens?.refreshToken !== before.tokens?.refreshToken, "the new one");
    equal(sandbox.counts.total, asked);
  });

  await t.step("a customer's link says that it is on hold, before and after somebody agrees", async () => {
    const link = String((await json(`${path}/link`, { method: "POST" })).body.url);
    const browser = new InstallBrowser(world);
    const { pathname } = new URL(link);
    match((await browser.visit(pathname)).text, /is on hold<\/h1>/);
    const { text } = await browser.visit(
      await browser.followLink(pathname, choice("location", target.locationId)),
    );
    match(text, /is on hold<\/h1>.*Your approval is saved/s);
    equal((await tokenOf()).status, 409);
    match(JSON.stringify((await look(world, target)).history), /"type":"authorised"/);
  });
  const agreed = sandbox.counts.total;

  await t.step("resumed after its token has ended, it is refreshed at once", async () => {
    await world.advance(2 * DAY);
    equal(await resume(), 204);
    equal(await resume(), 204, "twice is as good as once");
    await until(async () => sandbox.counts.refresh === 1 || (await world.ring(name), false));
    equal((await tokenOf()).status, 200);
    equal(sandbox.counts.total, agreed + 1);
    const { status, suspended, trouble, history } = await look(world, target);
    deepEqual([status, suspended, trouble], ["connected", undefined, undefined]);
    equal(JSON.stringify(history).split("suspension_ended").length, 2, "once in its history");
    ok(((await copy()).tokens?.expiresAt.getTime() ?? 0) > worldClock.now());
    await until(async () => await listed("status=connected") === 1);
  });

  await t.step("who uninstalls and installs again stays suspended; forgetting by hand ends it", async () => {
    equal(await suspend(), 204);
    const [appId = ""] = sandbox.app.clientId.split("-");
    await deliver(world, { type: "UNINSTALL", appId, ...target, timestamp: new Date(worldClock.now()) });
    equal((await json(path)).status, 404);
    await world.advance(1_000);
    await put(world, target, sandbox.install(target));
    equal((await tokenOf()).status, 409);
    equal((await call(path, { method: "DELETE" })).status, 204);
    await world.advance(1_000);
    await put(world, target, sandbox.install(target));
    equal((await tokenOf()).status, 200);
  });
});

Deno.test("a location whose agency is suspended says so, asks nobody, and comes back by itself when that is resumed", async (t) => {
  worldClock.offsetMs = 0;
  const sandbox = createSandbox({ app: SANDBOX_APP, now: worldClock.now });
  await using world = await startWorld({ sandbox, entry: TEST_ENTRY });
  const { call, json } = world;
  sandbox.removeReconnect();
  const suspend = async (companyId: string, what: string): Promise<void> =>
    equal((await call(`/connections/company/${companyId}/${what}`, { method: "POST" })).status, 204);
  const comesBack = async (company: { companyId: string }, location: { locationId: string }) => {
    await suspend(company.companyId, "resume");
    await until(async () => {
      if (await statusOf(world, location) === "connected") return true;
      await world.ring(nameOf(company));
      await world.ring(nameOf(location));
      return false;
    });
    equal((await json(`/connections/${nameOf(location)}/token`)).status, 200);
  };

  await t.step("one that was recovered in vain", async () => {
    const company = sandbox.addCompany();
    const location = sandbox.addLocation(company);
    await importTokens(world, company);
    await suspend(company.companyId, "suspend");
    const path = `/connections/${nameOf(location)}`;
    const { status, body } = await json(`${path}/recover?companyId=${company.companyId}`, { method: "POST" });
    deepEqual([status, body.outcome], [409, "paused"]);
    match(JSON.stringify(body.attempts), /Company \S+ is suspended here by admin/);
    equal(sandbox.counts.locationToken, 0);
    const known = await look(world, location);
    deepEqual([known.status, Object(known.trouble).reason], ["paused", "suspended"]);
    equal((await json(`${path}/health`, { key: KEYS.service })).body.action, "wait");
    const signedIn = await call("/ui/sign-in", {
      method: "POST",
      key: null,
      body: new URLSearchParams({ key: KEYS.viewer }),
      headers: { "Sec-Fetch-Site": "same-origin" },
    });
    await signedIn.body?.cancel();
    const headers = { Cookie: signedIn.headers.getSetCookie().join("; ") };
    match(await (await call(`/ui${path}`, { key: null, headers })).text(), /Its agency is suspended here/);
    const link = new URL(String((await json(`${path}/link`, { method: "POST" })).body.url));
    const page = await new InstallBrowser(world).visit(link.pathname);
    match(page.text, /Reconnect/, "who is at that location can connect it still");
    doesNotMatch(page.text, /is paused|on hold/);
    const query = "/connections?status=paused&kind=location&cause=location_inactive/suspended";
    await until(async () =>
      (await json(query)).body.total === 1 || (await world.ring(nameOf(location)), false)
    );
    for (const table of ["connections", "counters", "search", "facts"]) {
      await world.sql("0", `DELETE FROM ${table}`, [], "directory"); // it is lost, and built anew
    }
    await until(async () =>
      (await json(query)).body.total === 1 || (await world.ring("0", "directory"), false)
    );
    await comesBack(company, location);
  });

  await t.step("one that was installed meanwhile", async () => {
    const company = sandbox.addCompany();
    const location = sandbox.addLocation(company);
    await importTokens(world, company);
    await suspend(company.companyId, "suspend");
    await deliver(world, sandbox.webhook("INSTALL", location));
    await until(async () => {
      if (await statusOf(world, location) === "paused") return true;
      await world.advance(11_000); // the redirect had time
      await world.ring(nameOf(location));
      return false;
    });
    await comesBack(company, location);
  });
});

Deno.test("suspended while it is being refreshed, its new tokens are kept, and KV serves neither those nor the ones before", async () => {
  worldClock.offsetMs = 0;
  const sandbox = createSandbox({ app: SANDBOX_APP, now: worldClock.now });
  const begun = Promise.withResolvers<void>();
  const answered = Promise.withResolvers<void>();
  await using world = await startWorld({
    sandbox,
    entry: TEST_ENTRY,
    upstream: (request) => {
      if (!request.url.endsWith("/oauth/token")) return undefined;
      begun.resolve();
      return answered.promise.then(() => sandbox.fetch(request));
    },
  });
  const target = sandbox.addLocation();
  const name = nameOf(target);
  await importTokens(world, target);
  const before = await copyOf(world, name);
  await world.advance(DAY - 3_000_000); // its token lives, and is due
  const ringing = world.ring(name);
  await begun.promise;
  equal((await world.call(`/connections/${name}/suspend`, { method: "POST" })).status, 204);
  const { tokens, spendingSince } = await copyOf(world, name);
  deepEqual([tokens?.expiresAt.getTime(), spendingSince], [0, undefined]);
  answered.resolve();
  await ringing;
  await until(async () => (await copyOf(world, name)).tokens?.refreshToken !== before.tokens?.refreshToken);
  equal((await copyOf(world, name)).tokens?.expiresAt.getTime(), 0);
  equal((await world.json(`/connections/${name}/token`)).status, 409);
  equal(sandbox.counts.refresh, 1);
});
