import { deepEqual, equal, match, ok } from "node:assert/strict";
import { createSandbox } from "../../../src/sandbox/mod.ts";
import { deliver, importLost, importTokens, look, nameOf, put, recover, type Target } from "../calls.ts";
import { choice, InstallBrowser } from "../install_browser.ts";
import { newLink } from "../relink_world.ts";
import { SANDBOX_APP, startWorld, TEST_ENTRY, until, type WorkerWorld, worldClock } from "../worker_world.ts";

/*
 * What goes wrong on a person's way back, and what people do then: pages loaded again, links of the past, names of all kinds.
 */

const BROWSER = { Accept: "text/html", "Accept-Language": "en-GB" };

type Step = (world: WorkerWorld) => Promise<void>;

/** A connection that waits for a person, by the name `name`. */
async function lost(world: WorkerWorld, name: string, seed: object = {}): Promise<{ locationId: string }> {
  const target = world.sandbox.addLocation({ name, ...seed });
  await importLost(world, target);
  await rename(world, target, name);
  equal(await recover(world, target), 424);
  world.sandbox.install(target);
  return target;
}

async function rename({ json }: WorkerWorld, target: Target, name: unknown): ReturnType<WorkerWorld["json"]> {
  return await json(`/connections/${nameOf(target)}/name`, {
    method: "PUT",
    body: JSON.stringify({ name }),
    headers: { "Content-Type": "application/json" },
  });
}

async function pathOf(world: WorkerWorld, target: Target): Promise<string> {
  return new URL(await newLink(world, target)).pathname;
}

/** What a page says. */
async function read(world: WorkerWorld, path: string, headers: Record<string, string> = BROWSER) {
  const response = await world.call(path, { key: null, headers });
  const text = (await response.text()).replace(/<head>.*<\/head>/s, "").replace(/<[^>]+>/g, " ");
  return { status: response.status, text: text.replace(/\s+/g, " "), to: response.headers.get("location") };
}

function cookiesOf({ cookies }: InstallBrowser): Record<string, string> {
  return { ...BROWSER, Cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join("; ") };
}

const STEPS: Readonly<Record<string, Step>> = {
  "a slow way back that is loaded again, at once or later, here or elsewhere, says that it is connected":
    async (
      world,
    ) => {
      const target = await lost(world, "Slow Line");
      const person = new InstallBrowser(world, BROWSER);
      const back = await person.followLink(
        await pathOf(world, target),
        choice("location", target.locationId),
      );
      const cookies = cookiesOf(person);
      const ends = await Promise.all([1, 2, 3].map(() => read(world, back, cookies)));
      ok(ends.some(({ to }) => to), "the first of them is led to its result");
      for (const { text, to } of ends) {
        // One that comes after the others have ended is a page that is loaded again.
        match(
          to ? (await read(world, to)).text : text,
          to ? /Slow Line is connected/ : /is already connected/,
        );
      }
      for (const headers of [cookies, BROWSER]) {
        const { status, text } = await read(world, back, headers);
        equal(status, 200);
        match(text, /Slow Line is already connected/);
      }
      const { history } = await look(world, target);
      equal(Array.isArray(history) && history.filter(({ type }) => type === "authorised").length, 1);
    },

  "a code that HighLevel refuses is told as before where nothing came back": async (world) => {
    const target = await lost(world, "Refused Code");
    const person = new InstallBrowser(world, BROWSER);
    const page = await person.press(await pathOf(world, target));
    const state = page.searchParams.get("state") ?? "";
    const query = new URLSearchParams({ code: "made-up", state });
    match((await person.visit(`/oauth/callback?${query}`)).text, /Not connected/);
    equal((await look(world, target)).status, "reauthorization_required");
  },

  "neither what goes to HighLevel nor what stays in the browser names whom a link is for": async (world) => {
    const target = await lost(world, "Quiet Clinic");
    const person = new InstallBrowser(world, BROWSER);
    const page = await person.press(await pathOf(world, target));
    const [cookie = ""] = person.cookies.values();
    const readable = [
      page.href,
      cookie,
      ...cookie.split(".").map((part) => {
        const base64 = decodeURIComponent(part).replaceAll("-", "+").replaceAll("_", "/");
        try {
          return atob(base64);
        } catch {
          return "";
        }
      }),
    ].join("\n");
    for (const told of [target.locationId, "Quiet Clinic"]) ok(!readable.includes(told), told);
  },

  "mail programs that add a stop or a bracket to a link do no harm": async (world) => {
    const target = await lost(world, "Full Stop");
    const path = await pathOf(world, target);
    for (const end of [".", ")", "%20", "%3E", "?utm_source=mail", ".)"]) {
      match((await read(world, path + end)).text, /Reconnect Full Stop/, end);
    }
    equal((await read(world, `${path}x`)).status, 404);
    const person = new InstallBrowser(world, BROWSER);
    const page = await person.press(`${path}.`);
    ok(page.searchParams.get("state")?.endsWith(path.slice("/r/".length)), "only the link goes on");
  },

  "a link says of its connection what is true": async (world) => {
    const works = world.sandbox.addLocation({ name: "Works" });
    await put(world, works, { ...world.sandbox.install(works), name: "Works" });
    const { text } = await read(world, await pathOf(world, works));
    match(text, /Reconnect Works .* asks you to approve its connection .* again/);
    ok(!text.includes("lost"));
    const paused = world.sandbox.addLocation({ name: "Closed" });
    await put(world, paused, { ...world.sandbox.install(paused), expires_in: 0, name: "Closed" });
    world.sandbox.pause(paused.locationId);
    equal(await recover(world, paused), 409);
    match((await read(world, await pathOf(world, paused))).text, /Closed is paused .* Continue/);
  },

  "who was forgotten on purpose does not come back by a link of before; by a new one, and after an UNINSTALL, yes":
    async (
      world,
    ) => {
      const target = await lost(world, "Let Go");
      const path = await pathOf(world, target);
      equal((await world.call(`/connections/${nameOf(target)}`, { method: "DELETE" })).status, 204);
      for (const method of ["GET", "POST"]) {
        const { status } = await world.call(path, { method, key: null, headers: BROWSER });
        equal(status, 410, method);
      }
      equal((await read(world, await pathOf(world, target))).status, 200);
      const left = world.sandbox.addLocation({ name: "Left" });
      await importTokens(world, left);
      const old = await pathOf(world, left);
      await deliver(world, world.sandbox.webhook("UNINSTALL", left));
      await until(async () => (await look(world, left)).status === undefined);
      world.sandbox.install(left);
      const person = new InstallBrowser(world, BROWSER);
      match(
        (await person.visit(await person.followLink(old, choice("location", left.locationId)))).text,
        /is connected/,
      );
    },

  "who chooses an agency where a location was asked for is told so": async (world) => {
    const agency = world.sandbox.addCompany({ name: "Northwind" });
    world.sandbox.uninstall(agency); // else its location comes back by it
    const target = await lost(world, "Northwind Store", agency);
    world.sandbox.install(agency);
    const person = new InstallBrowser(world, BROWSER);
    const back = await person.followLink(await pathOf(world, target), choice("company", agency.companyId));
    const { status, text } = await person.visit(back);
    equal(status, 409);
    match(text, /You chose an agency, but this link is for Northwind Store/);
    const { history } = await look(world, agency);
    ok(!JSON.stringify(history ?? []).includes("authorised"), "nothing of it is kept");
  },

  "a name of any kind is one visible line, and escaped": async (world) => {
    const target = await lost(world, "Names");
    const path = await pathOf(world, target);
    const cases = [
      ["<script>alert(1)</script>", "<script>alert(1)</script>"],
      ["\u202Egnp.exe\u202C", "gnp.exe"],
      ["two\r\nlines\tand \u0000 more", "two lines and   more"],
      [`"q" & 'x'`, `"q" & 'x'`],
      ["👩‍👩‍👧‍👦 Café 한빛", "👩‍👩‍👧‍👦 Café 한빛"],
    ] as const;
    for (const [given, kept] of cases) {
      equal((await rename(world, target, given)).body.name, kept);
      const html = await (await world.call(path, { key: null, headers: BROWSER })).text();
      ok(!html.includes("<script"), given);
    }
    for (const name of ["\u200b\u200b", "\u0000", "\u202e"]) {
      equal((await rename(world, target, name)).status, 422, JSON.stringify(name));
    }
  },

  "what a person's browser asks for in vain is answered by a page everywhere on the way": async (world) => {
    for (const path of ["/oauth", "/oauth/", "/oauth/nothing", "/r/"]) {
      const response = await world.call(path, { key: null, headers: BROWSER });
      await response.body?.cancel();
      deepEqual(
        [response.status, response.headers.get("content-type")],
        [404, "text/html; charset=utf-8"],
        path,
      );
    }
    const both = await world.json("/oauth/install?location=L1&company=C1", { key: null });
    deepEqual([both.status, both.body.detail], [422, "query: must have location or company, not both"]);
  },

  "a campaign whose links have ended hands out none, and sends none": async (world) => {
    await lost(world, "Too Late");
    const headers = { "Content-Type": "application/json" };
    const body = JSON.stringify({ expiresInSeconds: 60 });
    const { body: { id } } = await world.json("/campaigns", { method: "POST", headers, body });
    const linkIn = async (): Promise<boolean> =>
      /\/r\/[\w-]{40}/.test(await (await world.call(`/campaigns/${id}.csv`)).text());
    ok(await linkIn());
    await world.advance(61_000);
    ok(!await linkIn(), "a link that is made now would end at once");
    equal((await world.json(`/campaigns/${id}`)).body.status, "over");
    const sent = await world.json(`/campaigns/${id}/events`, { method: "POST" });
    deepEqual([sent.status, sent.body.detail], [
      409,
      "The links of this campaign have ended: begin another one.",
    ]);
    await world.advance(-61_000);
  },

  "a body with a field too many, or too few, is told which": async (world) => {
    const ask = async (path: string, body: string, method = "POST"): Promise<unknown> => {
      const headers = { "Content-Type": "application/json" };
      return (await world.json(path, { method, body, headers })).body.detail;
    };
    equal(
      await ask("/connections/location/L1/link", '{"expiresinseconds":60}'),
      "body expiresinseconds: is not known",
    );
    equal(await ask("/connections/location/L1/link", "[]"), "body: must be a JSON object");
    equal(await ask("/connections/location/L1/link", "null"), "body: must be a JSON object");
    equal(await ask("/connections/location/L1/name", "{}", "PUT"), "body name: is missing");
  },
};

Deno.test("hard ways back", async (t) => {
  const sandbox = createSandbox({ app: SANDBOX_APP, rateLimit: false, now: worldClock.now });
  const variables = {
    EVENT_URLS: "https://events.example/hook",
    EVENT_SECRETS: `whsec_${btoa("x".repeat(32))}`,
  };
  await using world = await startWorld({ sandbox, entry: TEST_ENTRY, variables });
  for (const [name, step] of Object.entries(STEPS)) await t.step(name, async () => await step(world));
});
