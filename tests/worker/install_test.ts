import { equal, match, ok } from "node:assert/strict";
import { createSandbox } from "../../src/sandbox/mod.ts";
import { SANDBOX_APP, startWorld, TEST_ENTRY, until, type WorkerWorld } from "./worker_world.ts";

/** A browser with one cookie, between the worker and HighLevel's authorisation page. */
class Browser {
  readonly #world: WorkerWorld;
  cookie = "";

  constructor(world: WorkerWorld) {
    this.#world = world;
  }

  /** Starts an installation and agrees on HighLevel's page; returns the way back, not taken yet. */
  async authorize(query: string, pick: string): Promise<string> {
    const response = await this.#world.call(`/oauth/install${query}`, { key: null });
    equal(response.status, 302);
    this.#keep(response);
    const page = new URL(response.headers.get("location") ?? "");
    page.searchParams.set("sandbox_target", pick);
    const agreed = await this.#world.sandbox.fetch(page.href, { redirect: "manual" });
    const { pathname, search } = new URL(agreed.headers.get("location") ?? "");
    return pathname + search;
  }

  /** Takes the way back. */
  async visit(path: string): Promise<{ status: number; text: string }> {
    const response = await this.#world.call(path, { key: null, headers: { Cookie: this.cookie } });
    this.#keep(response);
    const text = await response.text();
    for (const secret of this.#world.sandbox.issuedSecrets()) ok(!text.includes(secret));
    return { status: response.status, text };
  }

  #keep(response: Response): void {
    const [cookie] = response.headers.getSetCookie();
    if (cookie !== undefined) this.cookie = cookie.split(";", 1)[0] ?? "";
  }
}

Deno.test("an installation, there and back", async (t) => {
  const sandbox = createSandbox({ app: SANDBOX_APP });
  await using world = await startWorld({ sandbox, entry: TEST_ENTRY });

  await t.step("stores the tokens of the location that was authorised", async () => {
    const { locationId } = sandbox.addLocation({ installed: false });
    const browser = new Browser(world);
    const { status, text } = await browser.visit(await browser.authorize("", `location:${locationId}`));
    equal(status, 200);
    match(text, /is connected/);
    sandbox.resetCounts();
    const { body } = await world.json(`/connections/location/${locationId}/token`);
    ok(sandbox.isLiving(String(body.access_token)));
    equal(sandbox.counts.total, 0);
  });
  await t.step("HighLevel's error is shown plainly; words of a stranger's link are not", async () => {
    const browser = new Browser(world);
    const back = await browser.authorize("", `location:${sandbox.addLocation().locationId}`);
    const state = new URLSearchParams(back.split("?")[1]).get("state");
    const error = "error=access_denied&error_description=The+user+said+no%3Cscript%3E";
    const { status, text } = await browser.visit(`/oauth/callback?${error}&state=${state}`);
    equal(status, 400);
    match(text, /access_denied The user said no&lt;script&gt;/);
    const stranger = await new Browser(world).visit(`/oauth/callback?error=Call+0900&error_description=now`);
    equal(stranger.status, 400);
    ok(!stranger.text.includes("0900") && !stranger.text.includes("now"));
  });
  await t.step("a state works once, in the browser that got it, for ten minutes", async () => {
    const { locationId } = sandbox.addLocation({ installed: false });
    const browser = new Browser(world);
    const back = await browser.authorize("", `location:${locationId}`);
    const { cookie } = browser;
    equal((await new Browser(world).visit(back)).status, 400, "another browser");
    equal((await world.json(`/connections/location/${locationId}`)).status, 404);
    equal((await browser.visit(back)).status, 200);
    browser.cookie = cookie; // kept by a thief
    equal((await browser.visit(back)).status, 400, "again");
    browser.cookie = cookie.replace(/.{8}$/, "AAAAAAA=");
    equal((await browser.visit(back)).status, 400, "forged");
    const late = await browser.authorize("", `location:${locationId}`);
    await world.advance(601_000);
    equal((await browser.visit(late)).status, 400, "too late");
    await world.advance(-601_000);
  });
  await t.step("KV that refuses writes costs no installation", async () => {
    const { locationId } = sandbox.addLocation({ installed: false });
    const browser = new Browser(world);
    const back = await browser.authorize("", `location:${locationId}`);
    await world.handle("kv", { mode: "refuse" });
    equal((await browser.visit(back)).status, 200);
    await world.handle("kv", { mode: "ok" });
    equal((await world.json(`/connections/location/${locationId}`)).body.status, "connected");
  });
  await t.step("a link made for one connection stores no other", async () => {
    const { locationId: wanted } = sandbox.addLocation();
    const { locationId: other } = sandbox.addLocation();
    const browser = new Browser(world);
    const { status, text } = await browser.visit(
      await browser.authorize(`?location=${wanted}`, `location:${other}`),
    );
    equal(status, 409);
    match(text, new RegExp(`${wanted}.*${other}`, "s"));
    for (const id of [wanted, other]) equal((await world.json(`/connections/location/${id}`)).status, 404);
  });
  await t.step("nor does a link made for a company take a location, or the other way round", async () => {
    const { companyId } = sandbox.addCompany();
    const { locationId } = sandbox.addLocation({ companyId });
    const company = [`company=${companyId}`, `company:${companyId}`] as const;
    const location = [`location=${locationId}`, `location:${locationId}`] as const;
    for (const [[query], [, pick]] of [[company, location], [location, company]] as const) {
      const browser = new Browser(world);
      const { status, text } = await browser.visit(await browser.authorize(`?${query}`, pick));
      equal(status, 409, text);
      match(text, /Another connection was authorised/);
      ok(text.includes(companyId) && text.includes(locationId));
    }
    equal((await world.json(`/connections/location/${locationId}`)).status, 404);
    equal((await world.json(`/connections/company/${companyId}`)).status, 404);
  });
  await t.step(
    "a lost answer of the exchange is made good for a known connection, and only for one",
    async () => {
      const { locationId } = sandbox.addLocation({ installed: false });
      equal(
        (await world.json(`/connections/location/${locationId}/recover`, { method: "POST" })).status,
        424,
      );
      const browser = new Browser(world);
      const back = await browser.authorize(`?location=${locationId}`, `location:${locationId}`);
      sandbox.fault({ on: "exchange", kind: "reset_after" });
      equal((await browser.visit(back)).status, 502);
      await until(async () =>
        (await world.json(`/connections/location/${locationId}`)).body.status === "connected"
      );

      sandbox.resetCounts();
      const { locationId: unknown } = sandbox.addLocation();
      await browser.authorize(`?location=${unknown}`, `location:${unknown}`);
      const state =
        JSON.parse(atob(decodeURIComponent(browser.cookie.split("=")[1] ?? "").split(".")[0] ?? "")).nonce;
      equal((await browser.visit(`/oauth/callback?code=guessed&state=${state}`)).status, 502);
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
      const browser = new Browser(world);
      equal((await browser.visit(await browser.authorize("", `company:${companyId}`))).status, 200);
      for (const id of ids) {
        await until(async () =>
          (await world.json(`/connections/location/${id}`)).body.status === "connected"
        );
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
