import { deepEqual, equal, match, ok } from "node:assert/strict";
import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import { createSandbox, type Sandbox } from "../../../src/sandbox/mod.ts";
import { freePort } from "../../../tasks/free_port.ts";
import { makeReturnLink } from "../../../src/worker/customer/return_link.ts";
import { launchChromium } from "../../launch_chromium.ts";
import { chromiumAt } from "../../programs.ts";
import { deliver, importLost, nameOf, recover, statusOf, type Target } from "../calls.ts";
import { axeProblems, loadAxe } from "../dashboard/axe_problems.ts";
import { SEALING_KEY, startWorld, type WorkerWorld } from "../worker_world.ts";

/*
 * The person's way back in a real browser: from the link, over HighLevel's page to choose on, to the page that tells how it ended.
 * With `PICTURES=folder` each page is drawn there.
 */

const PHONE_SIZE = { width: 360, height: 740 };
const DESK_SIZE = { width: 1280, height: 800 };
const PHONE: BrowserContextOptions = {
  viewport: PHONE_SIZE,
  locale: "en-GB",
  hasTouch: true,
  deviceScaleFactor: 2,
};
const DESKTOP: BrowserContextOptions = {
  viewport: DESK_SIZE,
  locale: "ko-KR",
  colorScheme: "dark",
  deviceScaleFactor: 2,
};
const LOGO =
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><rect width="64" height="64" rx="16" fill="#0b7a75"/>
<path d="M20 34l9 9 16-20" fill="none" stroke="#fff" stroke-width="6" stroke-linecap="round" stroke-linejoin="round"/></svg>`;

/** Names of HighLevel's page: it is the sandbox's. */
const CHOOSE = { name: "Install the app: choose a location" };

interface Place {
  readonly world: WorkerWorld;
  readonly sandbox: Sandbox;
  /** The worker's address. */
  readonly url: string;
  /** Where HighLevel's marketplace is. */
  readonly marketplace: string;
  /** HighLevel's sites that browsers were led to. */
  readonly sites: string[];
  /** A browser of its own. */
  readonly person: (options?: BrowserContextOptions) => Promise<BrowserContext>;
}

let browser: Promise<Browser> | undefined;
let place: Promise<{ place: Place; close: () => Promise<void> }> | undefined;
const complaints: string[] = [];
Deno.test.afterAll(async () => {
  await (await place)?.close();
  await (await browser)?.close();
});

/** One worker and one HighLevel for all tests of the file: each has connections of its own. */
async function open(): Promise<{ place: Place; close: () => Promise<void> }> {
  const port = freePort();
  const url = `http://127.0.0.1:${port}`;
  const sandbox = createSandbox({
    app: { redirectUri: `${url}/oauth/callback` },
    choosePage: true,
    requireVersionId: true,
  });
  const highLevel = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, sandbox.handler);
  const site = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname === "/logo.svg") return new Response(LOGO, { headers: { "Content-Type": "image/svg+xml" } });
    if (pathname === "/frame") {
      return page(`<iframe title="App" width="340" height="640" src="${searchParams.get("src")}"></iframe>`);
    }
    if (pathname === "/banner") {
      return page(`<div id="banner"></div><script type="module">
      import { showBanner } from "/banner.js"; await showBanner(document.querySelector("#banner"), "/health/${
        searchParams.get("id")
      }");
      document.body.dataset.done = "1";</script>`);
    }
    if (pathname === "/banner.js") {
      return new Response(await Deno.readTextFile("examples/banner/banner.js"), {
        headers: { "Content-Type": "text/javascript" },
      });
    }
    if (pathname === "/odd") return new Response(searchParams.get("body"));
    if (pathname.startsWith("/health/")) {
      return await (await place)?.place.world.call(`/connections/location/${pathname.slice(8)}/health`) ??
        page("");
    }
    return page("<h1>Welcome back to Acme</h1>");
  });
  const own = `http://127.0.0.1:${site.addr.port}`;
  const marketplace = `http://127.0.0.1:${highLevel.addr.port}`;
  const world = await startWorld({
    sandbox,
    port,
    variables: {
      HIGHLEVEL_VERSION_ID: "version1",
      APP_NAME: "Acme Reviews",
      APP_LOGO_URL: `${own}/logo.svg`,
      SUPPORT_URL: "mailto:help@acme.example",
      AFTER_CONNECT_URL: `${own}/welcome`,
      ALLOW_LOCAL_ENDPOINTS: "true",
      ALERT_WEBHOOK_URL: undefined,
    },
  });
  const sites: string[] = [];
  const contexts: BrowserContext[] = [];
  const person = async (options: BrowserContextOptions = PHONE): Promise<BrowserContext> => {
    const context = await (await (browser ??= launchChromium())).newContext({
      javaScriptEnabled: true,
      ...options,
    });
    contexts.push(context);
    // HighLevel's own sites are not here: its page is the sandbox's, wherever a link leads.
    await context.route(/\/r\/[\w-]+$/, async (route) => {
      if (route.request().method() !== "POST") return await route.continue();
      const response = await route.fetch({ maxRedirects: 0 });
      const headers = response.headers();
      const site = /^https:\/\/[^/]+/.exec(headers.location ?? "")?.[0];
      if (site) sites.push(site);
      const location = headers.location?.replace(site ?? "", marketplace);
      await route.fulfill({ response, headers: { ...headers, ...location && { location } } });
    });
    context.on("console", (message) => {
      const isStatus = /^Failed to load resource: .*(400|404|409|410|502)/.test(message.text());
      if (message.type() === "error" && !isStatus) complaints.push(message.text());
    });
    return context;
  };
  const close = async (): Promise<void> => {
    for (const context of contexts) await context.close();
    await world[Symbol.asyncDispose]();
    await Promise.all([highLevel.shutdown(), site.shutdown()]);
  };
  return { place: { world, sandbox, url, marketplace, sites, person }, close };
}

function page(body: string): Response {
  const html = `<!doctype html><html lang="en"><title>Acme</title><body>${body}</body></html>`;
  return new Response(html, { headers: { "Content-Type": "text/html" } });
}

const hasBrowser = chromiumAt() !== undefined;

/** A test in Chromium, in which no page may complain. */
function inChromium(name: string, run: (place: Place) => Promise<void>): void {
  Deno.test({
    name,
    ignore: !hasBrowser,
    sanitizeOps: false,
    sanitizeResources: false,
    fn: async () => {
      await run((await (place ??= open())).place);
      equal(complaints.splice(0).join("\n"), "");
    },
  });
}

/** A lost connection whose name is known. */
async function lost(
  { world, sandbox }: Place,
  name: string,
  seed: object = {},
): Promise<{ readonly locationId: string }> {
  const target = sandbox.addLocation({ name, ...seed });
  await importLost(world, target);
  await send(world, "PUT", `/connections/${nameOf(target)}/name`, { name });
  equal(await recover(world, target), 424);
  return target;
}

async function send(
  world: WorkerWorld,
  method: string,
  path: string,
  body: unknown,
): Promise<Record<string, unknown>> {
  const init = { method, body: JSON.stringify(body), headers: { "Content-Type": "application/json" } };
  return (await world.json(path, init)).body;
}

/** A link that was made so that it has ended by now. */
async function endedLink({ sandbox: { app } }: Place, target: Target): Promise<string> {
  const settings = { app, scope: app.scope, sealingKeys: [SEALING_KEY] };
  const now = Date.now() - 61_000;
  return (await makeReturnLink({ settings }, target, { expiresInSeconds: 60, now }))?.url ?? "";
}

async function linkOf({ world }: Place, target: Target, options: object = {}): Promise<string> {
  return String((await send(world, "POST", `/connections/${nameOf(target)}/link`, options)).url);
}

/** What a page says, its white space made plain; looks that it is well made, and draws it where that is wanted. */
async function read(page: Page, picture: string, status?: number): Promise<string> {
  await page.locator("h1").waitFor();
  if (status !== undefined) equal((await page.reload())?.status(), status, picture);
  await loadAxe(page);
  deepEqual(await axeProblems(page), [], picture);
  const overflow = await page.evaluate<number>("document.documentElement.scrollWidth - innerWidth");
  ok(overflow <= 0, `${picture} is ${overflow} px too wide`);
  const folder = Deno.env.get("PICTURES");
  if (folder) {
    for (const scheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme: scheme });
      await page.screenshot({ path: `${folder}/${picture}-${scheme}.png`, fullPage: true });
    }
  }
  return ((await page.locator("main").textContent()) ?? "").replace(/\s+/g, " ").trim();
}

/** On HighLevel's page. */
async function choose(page: Page, name: string): Promise<void> {
  await page.getByRole("heading", CHOOSE).waitFor();
  await page.getByRole("link", { name, exact: true }).click();
  await page.waitForURL(/\/oauth\/result\//);
}

inChromium(
  "the whole way on a phone, in English, without script; the link then says that it is done",
  async (place) => {
    const target = await lost(place, "Harbour Dental Clinic");
    const link = await linkOf(place, target);
    const context = await place.person({ ...PHONE, javaScriptEnabled: false });
    const page = await context.newPage();
    equal((await page.goto(link))?.status(), 200);
    equal(await page.locator("h1").textContent(), "Reconnect Harbour Dental Clinic");
    ok(
      await page.getByAltText("Acme Reviews").evaluate((img) => Reflect.get(img, "naturalWidth") > 0),
      "the logo is let in",
    );
    equal(
      await page.getByRole("link", { name: "Get help" }).getAttribute("href"),
      "mailto:help@acme.example",
    );
    await page.getByRole("button", { name: "Continue" }).click();
    await choose(page, "Harbour Dental Clinic");
    equal(await page.locator("h1").textContent(), "Harbour Dental Clinic is connected");
    equal(await statusOf(place.world, target), "connected");
    for (let time = 0; time < 2; time++) equal((await page.reload())?.status(), 200);
    await page.getByRole("link", { name: "Go to Acme Reviews" }).click();
    await page.getByRole("heading", { name: "Welcome back to Acme" }).waitFor();
    equal((await context.cookies()).length, 0, "nothing is left in the browser");

    const looking = await (await place.person(PHONE)).newPage();
    await looking.goto(link);
    match(await read(looking, "back-en-phone"), /Harbour Dental Clinic is already connected/);
  },
);

inChromium(
  "the whole way at a desk, in Korean, in the dark; both pages fit on a phone too",
  async (place) => {
    const target = await lost(place, "서울 미소 치과");
    const page = await (await place.person(DESKTOP)).newPage();
    await page.goto(await linkOf(place, target));
    equal(await page.locator("html").getAttribute("lang"), "ko");
    const onPhone = async (picture: string): Promise<void> => {
      await page.setViewportSize(PHONE_SIZE);
      await read(page, picture);
      await page.setViewportSize(DESK_SIZE);
    };
    match(await read(page, "ready-ko-desktop"), /서울 미소 치과 계정을 다시 연결해 주세요/);
    await onPhone("ready-ko-phone");
    await page.getByRole("button", { name: "계속하기" }).click();
    await choose(page, "서울 미소 치과");
    match(await read(page, "connected-ko-desktop", 200), /서울 미소 치과 계정이 연결되었습니다/);
    await onPhone("connected-ko-phone");
    equal(await statusOf(place.world, target), "connected");
  },
);

inChromium(
  "who says no, or chooses another, is told by names, and begins again for the one that was meant",
  async (place) => {
    const target = await lost(place, "Alder Dental");
    place.sandbox.addLocation({ name: "Birch Bakery", installed: false });
    const page = await (await place.person()).newPage();
    await page.goto(await linkOf(place, target));
    match(await read(page, "ready-en-phone"), /choose Alder Dental/);
    await page.getByRole("button", { name: "Continue" }).click();
    await choose(page, "Cancel");
    match(await read(page, "refused-en-phone", 400), /Ask an admin of Alder Dental/);
    await page.getByRole("link", { name: "Try again" }).click();
    await page.getByRole("button", { name: "Continue" }).click();
    await choose(page, "Birch Bakery");
    match(
      await read(page, "wrong-en-phone", 409),
      /You chose Birch Bakery, but this link is for Alder Dental/,
    );
    await page.getByRole("link", { name: "Choose again" }).click();
    await page.getByRole("button", { name: "Continue" }).click();
    await choose(page, "Alder Dental");
    match(await read(page, "connected-en-phone", 200), /Alder Dental is connected/);
    equal(await statusOf(place.world, target), "connected");
  },
);

inChromium(
  "a link works in two tabs and two browsers; a way back in a third one is told plainly",
  async (place) => {
    const one = await lost(place, "Cedar Point");
    const other = await lost(place, "Delta Roofing");
    const context = await place.person();
    const begin = async (context: BrowserContext, link: string): Promise<Page> => {
      const page = await context.newPage();
      await page.goto(link);
      await page.getByRole("button", { name: "Continue" }).click();
      await page.getByRole("heading", CHOOSE).waitFor();
      return page;
    };
    const link = await linkOf(place, one);
    const first = await begin(context, link);
    const second = await begin(context, await linkOf(place, other));
    const colleague = await begin(await place.person(), link);
    await choose(second, "Delta Roofing");
    await choose(first, "Cedar Point");
    await choose(colleague, "Cedar Point");
    for (const page of [first, second, colleague]) {
      match(
        await page.locator("h1").innerText(),
        /is connected/,
      );
    }
    for (const target of [one, other]) equal(await statusOf(place.world, target), "connected");

    const left = await begin(await place.person(), await linkOf(place, await lost(place, "Elm Street")));
    const href = await left.getByRole("link", { name: "Elm Street", exact: true }).getAttribute("href");
    const answer = await fetch(new URL(href ?? "", left.url()), { redirect: "manual" });
    const page = await (await place.person()).newPage(); // its cookies never saw this installation
    equal((await page.goto(answer.headers.get("location") ?? ""))?.status(), 400);
    match(await read(page, "stranger-en-phone"), /opened in another browser\. Nothing was changed\./);
    await page.getByRole("link", { name: "Start again" }).click();
    await page.getByRole("heading", { name: "Reconnect Elm Street" }).waitFor();
  },
);

inChromium(
  "a link that expired, was ended or altered, and trouble on the way, in both languages",
  async (place) => {
    const { world, sandbox } = place;
    const target = await lost(place, "Foxglove Interiors");
    const ended = await linkOf(place, target);
    equal((await world.call(`/connections/${nameOf(target)}/link`, { method: "DELETE" })).status, 204);
    const good = await linkOf(place, target);
    for (const [locale, language] of [["en-GB", "en"], ["ko-KR", "ko"]] as const) {
      const page = await (await place.person({ ...PHONE, locale })).newPage();
      for (
        const [name, link, status] of [
          ["expired", await endedLink(place, target), 410],
          ["revoked", ended, 410],
          ["altered", good.slice(0, -2), 404],
        ] as const
      ) {
        equal((await page.goto(link))?.status(), status);
        ok(!(await read(page, `${name}-${language}-phone`)).includes("Foxglove"));
      }
      sandbox.fault({ on: "exchange", kind: "status", status: 503, times: 10 });
      await page.goto(good);
      await page.locator("button").click();
      await choose(page, "Foxglove Interiors");
      match(
        await read(page, `trouble-${language}-phone`, 502),
        language === "en" ? /This usually passes/ : /몇 분 후에/,
      );
      sandbox.clearFaults();
    }
  },
);

inChromium(
  "an installation that begins in HighLevel's marketplace, and an agency's, end by names too",
  async (place) => {
    const { sandbox, world, marketplace } = place;
    const location = sandbox.addLocation({ name: "Granite Legal", installed: false });
    const page = await (await place.person({ ...DESKTOP, locale: "en-GB", colorScheme: "light" })).newPage();
    await page.goto(`${marketplace}/marketplace/install`);
    await choose(page, "Granite Legal");
    match(await read(page, "connected-en-desktop"), /Granite Legal is connected/);
    ok(
      !page.url().includes(location.locationId) && !page.url().includes("code="),
      "nothing is told by the address",
    );
    sandbox.resetCounts();
    equal((await page.reload())?.status(), 200);
    equal(sandbox.counts.total - sandbox.counts.location, 0); // names are read meanwhile
    equal(await statusOf(world, location), "connected");

    const company = sandbox.addCompany({ name: "Northwind", bulk: {} });
    sandbox.addLocation({ ...company, name: "Northwind Store" });
    await page.goto(`${marketplace}/marketplace/install`);
    await choose(page, "Northwind");
    match(
      await read(page, "agency-en-desktop"),
      /Your agency is connected.*accounts are being connected too/,
    );
    equal(await statusOf(world, company), "connected");
  },
);

inChromium(
  "people of a white-labelled agency are led to the site they know, and come back",
  async (place) => {
    const { sandbox, world, sites } = place;
    const agency = sandbox.addCompany({
      name: "Brightside",
      whiteLabel: { domain: "crm.brightside.example" },
    });
    const target = await lost(place, "Brightside Spa", agency);
    await deliver(world, sandbox.webhook("INSTALL", { ...agency, ...target }));
    equal(await recover(world, target), 424);
    sandbox.uninstall(target);
    const page = await (await place.person()).newPage();
    await page.goto(await linkOf(place, target));
    sites.length = 0;
    await page.getByRole("button", { name: "Continue" }).click();
    await choose(page, "Brightside Spa");
    deepEqual(sites, ["https://marketplace.leadconnectorhq.com"]);
    match(await page.locator("h1").innerText(), /Brightside Spa is connected/);
  },
);

inChromium(
  "names of any length and script fit on a phone; who presses twice comes back once",
  async (place) => {
    const { world, sandbox } = place;
    const target = await lost(place, "W".repeat(200));
    const page = await (await place.person()).newPage();
    const link = await linkOf(place, target);
    for (const name of ["W".repeat(200), "מרפאת שיניים בע״מ", "👩‍👩‍👧‍👦 ".repeat(15).trim()]) {
      await send(world, "PUT", `/connections/${nameOf(target)}/name`, { name });
      await page.goto(link);
      ok((await read(page, `name-${name.length}-phone`)).includes(name.slice(0, 11)));
    }
    await page.getByRole("button", { name: "Continue" }).dblclick();
    await page.getByRole("heading", CHOOSE).waitFor();
    await page.goBack();
    await page.getByRole("button", { name: "Continue" }).click();
    sandbox.resetCounts();
    await choose(page, "W".repeat(200));
    equal(sandbox.counts.exchange, 1);
    equal(await statusOf(world, target), "connected");
  },
);

inChromium("within another page's frame the button leaves the frame, and the way works", async (place) => {
  const target = await lost(place, "Harbor Physio");
  const page = await (await place.person(DESKTOP)).newPage();
  const { origin } = new URL(
    String((await place.world.miniflare.getBindings<Record<string, string>>()).APP_LOGO_URL),
  );
  await page.goto(`${origin}/frame?src=${encodeURIComponent(await linkOf(place, target))}`);
  await page.frameLocator("iframe").getByRole("button", { name: "계속하기" }).click();
  await choose(page, "Harbor Physio");
  equal(await statusOf(place.world, target), "connected");
});

inChromium(
  "the example's banner shows a link where a person is needed, and nothing where all is well",
  async (place) => {
    const target = await lost(place, "Iris Optics");
    const { origin } = new URL(
      String((await place.world.miniflare.getBindings<Record<string, string>>()).APP_LOGO_URL),
    );
    const page = await (await place.person()).newPage();
    await page.goto(`${origin}/banner?id=${target.locationId}`);
    await page.locator("[data-done]").waitFor({ state: "attached" });
    await loadAxe(page);
    deepEqual(await axeProblems(page).then((found) => found.filter((one) => one.includes("banner"))), []);
    await page.getByRole("link", { name: "Reconnect" }).click();
    await page.getByRole("button", { name: "Continue" }).click();
    await choose(page, "Iris Optics");
    await page.goto(`${origin}/banner?id=${target.locationId}`);
    await page.locator("[data-done]").waitFor({ state: "attached" });
    ok(await page.locator("#banner").isHidden());

    const odd = async (body: string): Promise<unknown> =>
      await page.evaluate(`import("/banner.js").then(({ showBanner }) =>
        showBanner(document.querySelector("#banner"), ${
        JSON.stringify(`/odd?body=${encodeURIComponent(body)}`)
      }))`);
    for (const body of ["<!doctype html>", "", "null", "{}", `{"action":"later"}`, `{"title":"Not Found"}`]) {
      equal(await odd(body), "none", body);
      ok(await page.locator("#banner").isHidden(), body);
    }
    equal(await odd(`{"action":"wait"}`), "wait");
    match(await page.locator("#banner").innerText(), /It reconnects by itself\.$/);
  },
);
