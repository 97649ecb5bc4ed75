import { deepEqual, equal, match, notEqual, ok } from "node:assert/strict";
import { createSandbox } from "../../../src/sandbox/mod.ts";
import {
  countsSince,
  deliver,
  importLost,
  importTokens,
  look,
  nameOf,
  put,
  recover,
  type Target,
} from "../calls.ts";
import { choice, InstallBrowser } from "../install_browser.ts";
import {
  KEYS,
  SANDBOX_APP,
  startWorld,
  TEST_ENTRY,
  until,
  type WorkerWorld,
  worldClock,
} from "../worker_world.ts";

/*
 * A customer's link from its making to its end, names and health: the worker in workerd, HighLevel in miniature.
 */

const DAY_SECONDS = 24 * 3_600;
const BROWSER = { Accept: "text/html,application/xhtml+xml", "Accept-Language": "en-GB" };

interface Place {
  readonly world: WorkerWorld;
  readonly browser: (headers?: Record<string, string>) => InstallBrowser;
}

/** Sends JSON as the holder of the admin key. */
async function send(
  world: WorkerWorld,
  method: string,
  path: string,
  body: unknown,
  key: string = KEYS.admin,
) {
  const init = { method, key, body: JSON.stringify(body), headers: { "Content-Type": "application/json" } };
  return await world.json(path, init);
}

/** The path of a fresh link of `target`. */
async function linkOf(world: WorkerWorld, target: Target, options: object = {}): Promise<string> {
  const { status, body } = await send(world, "POST", `/connections/${nameOf(target)}/link`, options);
  equal(status, 200, JSON.stringify(body));
  return new URL(String(body.url)).pathname;
}

/** Recovers until a person is needed. */
async function lose(world: WorkerWorld, target: Target): Promise<void> {
  await importLost(world, target);
  equal(await recover(world, target), 424);
}

async function healthOf(world: WorkerWorld, target: Target): Promise<Record<string, unknown>> {
  const { status, body } = await world.json(`/connections/${nameOf(target)}/health`, { key: KEYS.service });
  return status === 200 ? body : { status };
}

const STEPS: Readonly<Record<string, (place: Place) => Promise<void>>> = {
  "a link is short, dated, and for whoever holds the admin key": async ({ world }) => {
    const { locationId } = world.sandbox.addLocation();
    const path = `/connections/location/${locationId}/link`;
    const { body } = await send(world, "POST", path, {});
    match(String(body.url), /^https:\/\/worker\.example\/r\/[\w-]{40,80}$/);
    ok(!String(body.url).includes(locationId));
    const days = (Date.parse(String(body.expiresAt)) - worldClock.now()) / 1000 / DAY_SECONDS;
    ok(Math.abs(days - 14) < 0.01, `${days} days`);
    equal((await send(world, "POST", path, {}, KEYS.service)).status, 403);
    for (const expiresInSeconds of [59, 90 * DAY_SECONDS + 1, 1.5, "60", null]) {
      const { status, body: problem } = await send(world, "POST", path, { expiresInSeconds });
      equal(status, 422);
      equal(problem.detail, "body expiresInSeconds: must be a whole number from 60 to 7776000");
    }
  },

  "looking at a link writes nothing, whoever looks, and shows whom it is for in the reader's language":
    async (
      { world, browser },
    ) => {
      const target = world.sandbox.addLocation({ name: "Harbour & Sons" });
      await lose(world, target);
      await send(world, "PUT", `/connections/${nameOf(target)}/name`, { name: "Harbour & Sons" });
      const path = await linkOf(world, target);
      await until(async () => {
        const [row] = Object((await world.json(`/connections?q=${target.locationId}`)).body).connections;
        return row?.linkMadeAt !== undefined;
      });
      const before = await countsSince(world);
      const english = await browser(BROWSER).visit(path);
      equal(english.status, 200);
      match(english.text, /<html lang="en">/);
      match(english.text, /Reconnect Harbour &amp; Sons/);
      match(english.text, /<form method="post" target="_top">/);
      ok(!english.text.includes(target.locationId) && !/HighLevel|token|OAuth/i.test(english.text));
      const korean = await browser({ ...BROWSER, "Accept-Language": "fr, ko-KR;q=0.8, en;q=0.5" }).visit(
        path,
      );
      match(korean.text, /<html lang="ko">/);
      match(korean.text, /Harbour &amp; Sons 계정을 다시 연결해 주세요/);
      const head = await world.call(path, { method: "HEAD", key: null, headers: BROWSER });
      equal(head.status, 200);
      const cost = await countsSince(world, before);
      deepEqual(
        Object.keys(cost).filter((name) => /put|rows|alarms|report|handOver/.test(name)),
        [],
        JSON.stringify(cost),
      );
      equal(cost["calls.describe"], 3, "one call of its object each");
      const headers = Object.fromEntries((await world.call(path, { key: null, headers: BROWSER })).headers);
      equal(headers["cache-control"], "no-store");
      equal(headers.vary, "Accept-Language");
      equal(headers["x-robots-tag"], "noindex");
      equal(headers["referrer-policy"], "same-origin");
      equal(headers["set-cookie"], undefined);
      match(headers["content-security-policy"] ?? "", /frame-ancestors \*/);
    },

  "its button leads to HighLevel; back, it is connected, and lists say when it was made, opened and done":
    async (
      { world, browser },
    ) => {
      const target = world.sandbox.addLocation({ name: "Northern Dental" });
      await lose(world, target);
      const path = await linkOf(world, target);
      const person = browser(BROWSER);
      const back = await person.followLink(path, choice("location", target.locationId));
      const { status, text } = await person.visit(back);
      equal(status, 200);
      match(text, /Northern Dental is connected/);
      equal((await look(world, target)).status, "connected");
      equal((await look(world, target)).name, "Northern Dental", "its name was read");
      await until(async () => {
        const { body } = await world.json(`/connections?q=${target.locationId}`);
        const [row] = Object(body).connections;
        return row?.linkMadeAt && row.linkOpenedAt && row.returnedAt && row.returnedBy === "person";
      });
      const again = await browser(BROWSER).visit(path);
      equal(again.status, 200);
      match(again.text, /Northern Dental is already connected/);
      ok(!again.text.includes("<form"), "nothing is left to press");
      const pressed = await world.call(path, { method: "POST", key: null, headers: BROWSER });
      equal(pressed.status, 200, "nor to send");
      match(await pressed.text(), /is already connected/);
    },

  "one that expired, was altered, revoked, or is another worker's tells no name": async (
    { world, browser },
  ) => {
    const target = world.sandbox.addLocation({ name: "Secret Business" });
    await lose(world, target);
    await send(world, "PUT", `/connections/${nameOf(target)}/name`, { name: "Secret Business" });
    const short = await linkOf(world, target, { expiresInSeconds: 60 });
    const withdrawn = await linkOf(world, target);
    equal((await world.call(`/connections/${nameOf(target)}/link`, { method: "DELETE" })).status, 204);
    const good = await linkOf(world, target);
    const altered = good.replace(/.(.)$/, (_, last: string) => `x${last === "A" ? "B" : "A"}`);
    match((await browser(BROWSER).visit(good)).text, /Secret Business/, "the newest one holds");
    await world.advance(61_000);
    const cases: readonly (readonly [string, number, RegExp])[] = [
      [short, 410, /This link has expired/],
      [withdrawn, 410, /This link is no longer valid/],
      [altered, 404, /This link is not complete/],
      ["/r/AAAA", 404, /This link is not complete/],
      ["/r/a.b", 404, /This link is not complete/],
    ];
    for (const [path, status, words] of cases) {
      for (const method of ["GET", "POST"]) {
        const response = await world.call(path, { method, key: null, headers: BROWSER });
        const text = await response.text();
        equal(response.status, status, path);
        match(text, words);
        ok(!text.includes("Secret Business"), `${method} ${path}`);
        equal(response.headers.get("location"), null);
      }
    }
    await world.advance(-61_000);
  },

  "a way back that this browser did not begin is told plainly, and leads to the link again": async (
    { world, browser },
  ) => {
    const target = world.sandbox.addLocation({ name: "Two Browsers" });
    await lose(world, target);
    const path = await linkOf(world, target);
    const back = await browser(BROWSER).followLink(path, choice("location", target.locationId));
    world.sandbox.resetCounts();
    const { status, text } = await browser(BROWSER).visit(back);
    equal(status, 400);
    match(text, /the link was opened in another browser/);
    ok(text.includes(`href="${path}"`) && !text.includes("Two Browsers"));
    equal(world.sandbox.counts.exchange, 0, "nothing was spent");
  },

  "a wrong choice is told by both names to who came by a link, and by one to who came by an id": async (
    { world, browser },
  ) => {
    const wanted = world.sandbox.addLocation({ name: "Wanted Clinic" });
    const other = world.sandbox.addLocation({ name: "Other Clinic" });
    await lose(world, wanted);
    await send(world, "PUT", `/connections/${nameOf(wanted)}/name`, { name: "Wanted Clinic" });
    const path = await linkOf(world, wanted);
    const pick = choice("location", other.locationId);
    const person = browser(BROWSER);
    const wrong = await person.visit(await person.followLink(path, pick));
    equal(wrong.status, 409);
    match(wrong.text, /You chose Other Clinic, but this link is for Wanted Clinic\. Nothing was connected\./);
    ok(wrong.text.includes(`href="${path}"`), "it leads to the link again");
    for (const { locationId } of [wanted, other]) ok(!wrong.text.includes(locationId));
    const guessed = browser(BROWSER);
    const page = await guessed.visit(await guessed.authorize(`?location=${wanted.locationId}`, pick));
    match(page.text, /Other Clinic is not the account that was asked for/);
    ok(!page.text.includes("Wanted Clinic"), "an id can be guessed");
    deepEqual(await look(world, other), {}, "nothing of it is kept");
  },

  "people of a white-labelled agency are led to the site they know, where only the agency knows of it":
    async (
      { world, browser },
    ) => {
      const agency = world.sandbox.addCompany({
        whiteLabel: { domain: "crm.example" },
        versionId: "version7",
      });
      const target = world.sandbox.addLocation({ ...agency, versionId: "version7" });
      await importTokens(world, agency);
      await deliver(world, world.sandbox.webhook("INSTALL", agency));
      await importTokens(world, target);
      const person = browser(BROWSER);
      const url = await person.press(await linkOf(world, target));
      equal(url.hostname, "marketplace.leadconnectorhq.com");
      equal(url.searchParams.get("version_id"), "version7");
    },

  "health says in one call what an app's own page is to show": async ({ world, browser }) => {
    const target = world.sandbox.addLocation({ name: "Banner" });
    deepEqual(await healthOf(world, target), { status: 404 });
    deepEqual(
      await world.sql(nameOf(target), "SELECT name FROM sqlite_master"),
      [],
      "nothing is left behind",
    );
    await importTokens(world, target);
    deepEqual(await healthOf(world, target), { action: "none" });
    world.sandbox.pause(target.locationId);
    await recover(world, target);
    const waiting = await healthOf(world, target);
    equal(waiting.action, "wait");
    ok(Math.abs(Date.parse(String(waiting.since)) - worldClock.now()) < 60_000);
    const lost = world.sandbox.addLocation({ name: "Lost" });
    await lose(world, lost);
    const before = await countsSince(world);
    const { action, since, url } = await healthOf(world, lost);
    equal((await countsSince(world, before))["calls.describe"], 1);
    equal(action, "relink");
    ok(!isNaN(Date.parse(String(since))));
    match((await browser(BROWSER).visit(new URL(String(url)).pathname)).text, /Continue/);
    equal((await world.json(`/connections/${nameOf(lost)}/health`, { key: KEYS.viewer })).status, 403);
  },

  "a name that was given stays; HighLevel's own comes back where nobody gives one": async ({ world }) => {
    const target = world.sandbox.addLocation({ name: "As HighLevel has it" });
    await put(world, target, { ...world.sandbox.install(target), name: "As imported" });
    const call = async (method: string, name: string): Promise<unknown> =>
      await world.handle("call", { name: nameOf(target), method, args: name === "" ? [] : [name] });
    equal(await call("readName", ""), "As imported");
    await call("noteListedName", "As listed");
    equal((await look(world, target)).name, "As imported");
    const given = await send(world, "PUT", `/connections/${nameOf(target)}/name`, { name: "  By hand  " });
    deepEqual([given.status, given.body.name], [200, "By hand"]);
    await call("noteListedName", "As listed");
    equal((await look(world, target)).name, "By hand");
    const own = await send(world, "PUT", `/connections/${nameOf(target)}/name`, { name: null });
    equal(own.body.name, "As HighLevel has it");
    world.sandbox.resetCounts();
    equal(await call("readName", ""), "As HighLevel has it");
    equal(world.sandbox.counts.total, 0, "it is not asked again so soon");
    await call("noteListedName", "As listed");
    equal((await look(world, target)).name, "As listed");
    for (const name of ["", "  ", "x".repeat(201), 7]) {
      const { status, body } = await send(world, "PUT", `/connections/${nameOf(target)}/name`, { name });
      deepEqual([status, body.detail], [422, "body name: must be a name of 1 to 200 characters, or null"]);
    }
    equal((await send(world, "PUT", "/connections/location/nobody/name", { name: "x" })).status, 404);
  },

  "a connection that comes without a name gets one within about a minute, by one call": async ({ world }) => {
    const target = world.sandbox.addLocation({ name: "Found Later" });
    await importTokens(world, target);
    await until(async () =>
      (await world.sql(
        "0",
        "SELECT 1 FROM named WHERE list = 'nameless' AND id = ?",
        [target.locationId],
        "directory",
      )).length > 0
    );
    equal((await look(world, target)).name, undefined);
    world.sandbox.resetCounts();
    await world.advance(61_000);
    await world.ring("0", "directory"); // its time has come
    await world.ring("0", "directory"); // the turn
    await until(async () => (await look(world, target)).name === "Found Later");
    await world.advance(-61_000);
  },

  "browsers are told trouble by a page, never by JSON; programs by JSON": async ({ world }) => {
    const ask = async (path: string, headers: Record<string, string>, method = "GET"): Promise<unknown[]> => {
      const response = await world.call(path, { method, key: null, headers });
      const text = await response.text();
      const type = (response.headers.get("content-type") ?? "").split(";")[0];
      if (type === "text/html") ok(!/[{}]/.test(text), `${path}: ${text}`);
      return [response.status, type];
    };
    const places: readonly (readonly [string, number, string?])[] = [
      ["/oauth/install?location=a%20b", 422],
      [`/oauth/callback?code=${"a".repeat(5_000)}`, 422],
      ["/oauth/result/a.b", 422],
      ["/oauth/result/AAAA", 404],
      ["/r", 404],
      ["/r/a/b", 404],
      ["/oauth/callback", 400],
      ["/oauth/install", 405, "POST"],
    ];
    for (const [path, status, method] of places) {
      deepEqual(await ask(path, BROWSER, method), [status, "text/html"], path);
    }
    deepEqual(await ask("/oauth/install?location=a%20b", {}), [422, "application/problem+json"]);
  },
};

Deno.test("a customer's way back", async (t) => {
  worldClock.offsetMs = 0;
  const sandbox = createSandbox({ app: SANDBOX_APP, now: worldClock.now });
  await using world = await startWorld({ sandbox, entry: TEST_ENTRY });
  const place: Place = { world, browser: (headers) => new InstallBrowser(world, headers) };
  for (const [name, step] of Object.entries(STEPS)) await t.step(name, async () => await step(place));
  await t.step("no link or name stands in the log", () => {
    const lines = world.logs.join("\n");
    ok(lines.includes('"route":"/r/:token"'));
    for (const secret of ["Secret Business", "Wanted Clinic", "/r/A"]) ok(!lines.includes(secret), secret);
  });
});

Deno.test("an app whose settings do not do tells a customer so by a page, and names no setting", async () => {
  await using world = await startWorld({ variables: { HIGHLEVEL_SCOPES: undefined } });
  const link = await send(world, "POST", "/connections/location/L1/link", {});
  deepEqual([link.status, link.body.code], [503, "misconfigured"]);
  match(String(link.body.detail), /HIGHLEVEL_SCOPES/);
  await using broken = await startWorld({ variables: { ADMIN_KEY: undefined } });
  for (const [place, path] of [[world, "/oauth/install"], [broken, "/r/AAAA"]] as const) {
    const response = await place.call(path, { key: null, headers: { ...BROWSER, "Accept-Language": "ko" } });
    const text = await response.text();
    equal(response.status, 503);
    match(text, /지금은 이용할 수 없습니다/);
    ok(!/_KEY|SCOPES/.test(text));
  }
  notEqual(world, broken);
});
