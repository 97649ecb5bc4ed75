import { deepEqual, equal, match, notEqual, ok } from "node:assert/strict";
import { createSandbox } from "../../src/sandbox/mod.ts";
import { importLost, look, recover, statusOf } from "./calls.ts";
import { choice, InstallBrowser } from "./install_browser.ts";
import { SANDBOX_APP, startWorld, TEST_ENTRY, until } from "./worker_world.ts";

Deno.test("an installation, there and back", async (t) => {
  const sandbox = createSandbox({ app: SANDBOX_APP });
  await using world = await startWorld({ sandbox, entry: TEST_ENTRY });

  await t.step("stores the tokens of the location that was authorised", async () => {
    const { locationId } = sandbox.addLocation({ installed: false });
    const browser = new InstallBrowser(world);
    const back = await browser.authorize("", choice("location", locationId));
    const { status, text } = await browser.visit(back);
    equal(status, 200);
    match(text, new RegExp(`<h1>Location ${locationId} is connected</h1>`));
    sandbox.resetCounts();
    const { body } = await world.json(`/connections/location/${locationId}/token`);
    ok(sandbox.isLiving(String(body.access_token)));
    equal(sandbox.counts.total, 0);
  });
  await t.step("ends on a page that can be loaded again, and names nobody in its address", async () => {
    const { locationId } = sandbox.addLocation({ installed: false });
    const browser = new InstallBrowser(world);
    const back = await browser.authorize("", choice("location", locationId));
    const first = await browser.visit(back);
    sandbox.resetCounts();
    for (let time = 0; time < 3; time++) {
      const { status, text, path } = await browser.visit(first.path);
      deepEqual({ status, text, path }, first);
    }
    ok(!first.path.includes(locationId));
    equal(sandbox.counts.total, 0);
    const cut = await browser.visit(first.path.slice(0, -3));
    equal(cut.status, 404);
    ok(!cut.text.includes(locationId));
    const other = await browser.authorize("", choice("location", locationId));
    notEqual((await browser.visit(other)).path, first.path, "each is sealed anew");
  });
  await t.step("no words of HighLevel's error are shown: they could be anybody's", async () => {
    const browser = new InstallBrowser(world);
    const back = await browser.authorize("", choice("location", sandbox.addLocation().locationId));
    const state = new URLSearchParams(back.split("?")[1]).get("state");
    const error = "error=access_denied&error_description=The+user+said+no%3Cscript%3E";
    const { status, text } = await browser.visit(`/oauth/callback?${error}&state=${state}`);
    equal(status, 400);
    match(text, /You chose not to connect/);
    ok(!/access_denied|script/.test(text));
    for (const without of ["", "&state=", "&state=00000000-0000-4000-8000-000000000000"]) {
      const link = `/oauth/callback?error=Call+0900&error_description=at+once${without}`;
      const stranger = await new InstallBrowser(world).visit(link);
      equal(stranger.status, 400);
      ok(!stranger.text.includes("0900") && !stranger.text.includes("at once"));
    }
  });
  await t.step(
    "who says no can start again for the same connection; the page can be loaded again",
    async () => {
      const { locationId } = sandbox.addLocation({ installed: false });
      const browser = new InstallBrowser(world);
      const back = await browser.authorize(`?location=${locationId}`, { sandbox_refuse: "1" });
      const refused = await browser.visit(back);
      equal(refused.status, 400);
      match(refused.text, /Not connected/);
      match(refused.text, new RegExp(`href="/oauth/install\\?location=${locationId}">Try again<`));
      deepEqual(await browser.visit(refused.path), refused);
      const again = await browser.authorize(`?location=${locationId}`, choice("location", locationId));
      equal((await browser.visit(again)).status, 200);
    },
  );
  await t.step("a wrong state is refused and spends nothing", async () => {
    const { locationId } = sandbox.addLocation({ installed: false });
    const browser = new InstallBrowser(world);
    const back = await browser.authorize("", choice("location", locationId));
    const cookies = [...browser.cookies];
    sandbox.resetCounts();
    equal((await new InstallBrowser(world).visit(back)).status, 400, "another browser");
    equal((await browser.visit(back.replace(/state=.{8}/, "state=00000000"))).status, 400, "another state");
    equal((await browser.visit(back.replace(/state=.*/, "state=x%0d%0ay"))).status, 400, "no state of ours");
    deepEqual([...browser.cookies], cookies, "the true one is kept");
    const [name = "", value = ""] = cookies[0] ?? [];
    browser.cookies.set(name, value.replace(/.{8}$/, "AAAAAAA="));
    equal((await browser.visit(back)).status, 400, "forged");
    equal(sandbox.counts.total, 0);
    equal(await statusOf(world, { locationId }), undefined);

    browser.cookies.set(name, value);
    equal((await browser.visit(back)).status, 200);
    equal(browser.cookies.size, 0, "it has ended");
    browser.cookies.set(name, value); // kept by a thief
    const code = sandbox.authorize({ locationId });
    equal((await browser.visit(back.replace(/code=[^&]*/, `code=${code}`))).status, 400, "again");
    const late = await browser.authorize("", choice("location", locationId));
    await world.advance(601_000);
    equal((await browser.visit(late)).status, 400, "after ten minutes");
    await world.advance(-601_000);
  });
  await t.step("two in one browser do not disturb each other", async () => {
    const { locationId: one } = sandbox.addLocation({ installed: false });
    const { locationId: other } = sandbox.addLocation({ installed: false });
    const browser = new InstallBrowser(world);
    const first = await browser.authorize(`?location=${one}`, choice("location", one));
    const second = await browser.authorize(`?location=${other}`, choice("location", other));
    equal((await browser.visit(second)).status, 200);
    equal((await browser.visit(first)).status, 200);
    for (const locationId of [one, other]) equal(await statusOf(world, { locationId }), "connected");
  });
  await t.step("a browser that begins many keeps the last eight", async () => {
    const { locationId } = sandbox.addLocation({ installed: false });
    const browser = new InstallBrowser(world);
    const ways: string[] = [];
    for (let count = 0; count < 12; count++) {
      ways.push(await browser.authorize("", choice("location", locationId)));
      await world.advance(1_000);
      ok(browser.cookies.size <= 8, `${browser.cookies.size} cookies`);
    }
    equal((await browser.visit(ways[3] ?? "")).status, 400);
    equal((await browser.visit(ways[4] ?? "")).status, 200);
    equal((await browser.visit(ways[11] ?? "")).status, 200);
    await world.advance(-12_000);
  });
  await t.step("KV that refuses writes costs no installation", async () => {
    const { locationId } = sandbox.addLocation({ installed: false });
    const browser = new InstallBrowser(world);
    const back = await browser.authorize("", choice("location", locationId));
    await world.handle("kv", { mode: "refuse" });
    equal((await browser.visit(back)).status, 200);
    await world.handle("kv", { mode: "ok" });
    equal(await statusOf(world, { locationId }), "connected");
  });
  await t.step("a link made for one connection stores no other, and lets choose again", async () => {
    const { locationId: wanted } = sandbox.addLocation();
    const { locationId: other } = sandbox.addLocation();
    const browser = new InstallBrowser(world);
    const back = await browser.authorize(`?location=${wanted}`, choice("location", other));
    const wrong = await browser.visit(back);
    equal(wrong.status, 409);
    match(wrong.text, new RegExp(`Location ${other} is not the account that was asked for`));
    match(wrong.text, new RegExp(`href="/oauth/install\\?location=${wanted}">Choose again<`));
    deepEqual(await browser.visit(wrong.path), wrong);
    for (const locationId of [wanted, other]) equal(await statusOf(world, { locationId }), undefined);
  });
  await t.step("nor does a link made for a company take a location, or the other way round", async () => {
    const { companyId } = sandbox.addCompany();
    const { locationId } = sandbox.addLocation({ companyId });
    const company = [`company=${companyId}`, choice("company", companyId)] as const;
    const location = [`location=${locationId}`, choice("location", locationId)] as const;
    for (const [[query], [, pick]] of [[company, location], [location, company]] as const) {
      const browser = new InstallBrowser(world);
      const { status, text } = await browser.visit(await browser.authorize(`?${query}`, pick));
      equal(status, 409, text);
      match(text, /You chose a different account/);
      ok(text.includes(query), "it leads to the one that was meant");
    }
    equal(await statusOf(world, { locationId }), undefined);
    equal(await statusOf(world, { companyId }), undefined);
  });
  await t.step(
    "a lost answer of the exchange is made good for a known connection, and only for one",
    async () => {
      const { locationId } = sandbox.addLocation();
      await importLost(world, { locationId });
      equal(await recover(world, { locationId }), 424);
      const browser = new InstallBrowser(world);
      const back = await browser.authorize(`?location=${locationId}`, choice("location", locationId));
      sandbox.fault({ on: "exchange", kind: "reset_after" });
      const trouble = await browser.visit(back);
      equal(trouble.status, 502);
      match(trouble.text, new RegExp(`href="/oauth/install\\?location=${locationId}">Try again<`));
      deepEqual(await browser.visit(trouble.path), trouble);
      await until(async () => await statusOf(world, { locationId }) === "connected");

      sandbox.resetCounts();
      const { locationId: unknown } = sandbox.addLocation();
      const guessed = await browser.authorize(`?location=${unknown}`, choice("location", unknown));
      equal((await browser.visit(guessed.replace(/code=[^&]*/, "code=guessed"))).status, 502);
      await world.ring(`location/${unknown}`);
      equal(sandbox.counts.reconnect, 0, "anybody can send a code");
    },
  );
  await t.step(
    "an agency's installation stores the company and recovers its locations by a job",
    async () => {
      const { companyId } = sandbox.addCompany();
      const ids = Array.from({ length: 5 }, () => sandbox.addLocation({ companyId }).locationId);
      sandbox.removeReconnect();
      const browser = new InstallBrowser(world);
      const { status } = await browser.visit(await browser.authorize("", choice("company", companyId)));
      equal(status, 200);
      for (const locationId of ids) {
        await until(async () => await statusOf(world, { locationId }) === "connected");
      }
      sandbox.restoreReconnect();
    },
  );
  await t.step("without a redirect URI it says what to set", async () => {
    await using bare = await startWorld({ variables: { HIGHLEVEL_SCOPES: undefined } });
    const { status, body } = await bare.json("/oauth/install", { key: null });
    equal(status, 503);
    match(String(body.detail), /HIGHLEVEL_SCOPES/);
  });
});

Deno.test("an installation that begins in HighLevel's marketplace comes without a state, and is taken", async (t) => {
  const sandbox = createSandbox({ app: SANDBOX_APP });
  await using world = await startWorld({ sandbox, entry: TEST_ENTRY });
  for (const state of ["", "&state="]) {
    await t.step(`a location's code${state && ", with an empty state"}`, async () => {
      const { locationId } = sandbox.addLocation({ installed: false });
      const code = sandbox.marketplaceCode({ locationId });
      const { status, text, path } = await new InstallBrowser(world).visit(
        `/oauth/callback?code=${code}${state}`,
      );
      equal(status, 200);
      match(text, new RegExp(`Location ${locationId} is connected`));
      equal(await statusOf(world, { locationId }), "connected");
      equal((await new InstallBrowser(world).visit(path)).text, text, "loaded again");
    });
  }
  await t.step("an agency user's code gives the company's tokens, and its locations follow", async () => {
    const { companyId } = sandbox.addCompany({ bulk: {} });
    const { locationId } = sandbox.addLocation({ companyId });
    const code = sandbox.marketplaceCode({ companyId });
    const { text } = await new InstallBrowser(world).visit(`/oauth/callback?code=${code}`);
    match(text, /Your agency is connected/);
    match(text, /accounts are being connected too/);
    equal(await statusOf(world, { companyId }), "connected");
    await until(async () => await statusOf(world, { locationId }) === "connected");
  });
  await t.step("its code is taken also in a browser that has begun another installation here", async () => {
    const { locationId } = sandbox.addLocation({ installed: false });
    const browser = new InstallBrowser(world);
    await browser.begin("?location=another");
    const code = sandbox.marketplaceCode({ locationId });
    equal((await browser.visit(`/oauth/callback?code=${code}`)).status, 200);
    equal(browser.cookies.size, 1, "that one goes on");
  });
  await t.step("a code that was used, or none, connects nobody", async () => {
    const { locationId } = sandbox.addLocation({ installed: false });
    const code = sandbox.marketplaceCode({ locationId });
    const browser = new InstallBrowser(world);
    await browser.visit(`/oauth/callback?code=${code}`);
    equal((await browser.visit(`/oauth/callback?code=${code}`)).status, 502);
    for (const query of ["", "?code=", "?code=%20", "?state="]) {
      equal((await browser.visit(`/oauth/callback${query}`)).status, 400, query);
    }
  });
});

Deno.test("a code of an older pair of the app is exchanged with that pair, which its connection keeps", async () => {
  const older = { clientId: "6637aef4b7c0e85d3b1f9d77-old00001", clientSecret: "older-secret" };
  const current = { clientId: "6637aef4b7c0e85d3b1f9d77-new00001", clientSecret: "newer-secret" };
  const sandbox = createSandbox({ app: { ...SANDBOX_APP, ...current, previous: [older] } });
  await using world = await startWorld({
    sandbox,
    entry: TEST_ENTRY,
    variables: { HIGHLEVEL_PREVIOUS_CREDENTIALS: `${older.clientId}:${older.clientSecret}` },
  });
  const { locationId } = sandbox.addLocation({ installed: false });
  const browser = new InstallBrowser(world);
  const back = await browser.authorize(`?location=${locationId}`, {
    ...choice("location", locationId),
    client_id: older.clientId, // a link from before the keys were renewed
  });
  equal((await browser.visit(back)).status, 200);
  equal(sandbox.counts.exchange, 2);

  sandbox.expireAccessTokens({ locationId });
  sandbox.resetCounts();
  equal((await world.json(`/connections/location/${locationId}/recover`, { method: "POST" })).status, 200);
  equal(sandbox.counts.refresh, 1, "by the right pair at once");
  equal((await look(world, { locationId })).status, "connected");
});
