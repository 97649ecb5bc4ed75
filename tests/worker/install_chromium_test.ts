import { equal, match, ok } from "node:assert/strict";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { createSandbox, type Sandbox } from "../../src/sandbox/mod.ts";
import { freePort } from "../../tasks/local_worker.ts";
import { statusOf } from "./calls.ts";
import { hasBrowser, launch, PATIENCE_MS } from "./dashboard/dashboard_world.ts";
import { startWorld, type WorkerWorld } from "./worker_world.ts";

/*
 * Installations in a real browser, between the worker and HighLevel's page to choose on.
 */

interface Place {
  readonly world: WorkerWorld;
  readonly sandbox: Sandbox;
  readonly context: BrowserContext;
  /** The worker's address. */
  readonly url: string;
  /** Where HighLevel's marketplace is. */
  readonly marketplace: string;
}

let browser: Promise<Browser> | undefined;
Deno.test.afterAll(async () => await (await browser)?.close());

/** A test in Chromium, with a worker, a HighLevel and a browser profile of its own. */
function inChromium(name: string, run: (place: Place) => Promise<void>): void {
  Deno.test({
    name,
    ignore: !hasBrowser(),
    sanitizeOps: false,
    sanitizeResources: false,
    fn: async () => {
      const port = freePort();
      const url = `http://127.0.0.1:${port}`;
      const sandbox = createSandbox({
        app: { redirectUri: `${url}/oauth/callback` },
        choosePage: true,
        requireVersionId: true,
      });
      const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, sandbox.handler);
      const marketplace = `http://127.0.0.1:${server.addr.port}`;
      const context = await (await (browser ??= launch())).newContext();
      context.setDefaultTimeout(PATIENCE_MS);
      const complaints: string[] = [];
      context.on("console", (message) => {
        const isStatus = /^Failed to load resource: .*(400|404|409|502)/.test(message.text());
        if (message.type() === "error" && !isStatus) complaints.push(message.text());
      });
      try {
        await using world = await startWorld({
          sandbox,
          port,
          variables: { HIGHLEVEL_MARKETPLACE_URL: marketplace, HIGHLEVEL_VERSION_ID: "version1" },
        });
        await run({ world, sandbox, context, url, marketplace });
        equal(complaints.join("\n"), "");
      } finally {
        await context.close();
        await server.shutdown();
      }
    },
  });
}

/** Opens an installation in a new tab, as far as HighLevel's page. */
async function begin({ context, url }: Place, query = ""): Promise<Page> {
  const page = await context.newPage();
  await page.goto(`${url}/oauth/install${query}`);
  await page.getByRole("heading", { name: "Install the app: choose a location" }).waitFor();
  return page;
}

async function choose(page: Page, name: string): Promise<string> {
  await page.getByRole("link", { name }).click();
  await page.waitForURL(/\/oauth\/result\//);
  return (await page.locator("main").textContent()) ?? "";
}

inChromium(
  "two installations in two tabs of one browser both end well, in whichever order",
  async (place) => {
    const { sandbox, world, context } = place;
    const harbour = sandbox.addLocation({ name: "Harbour", installed: false });
    const hill = sandbox.addLocation({ name: "Hill", installed: false });
    const first = await begin(place, `?location=${harbour.locationId}`);
    const second = await begin(place, `?location=${hill.locationId}`);
    equal((await context.cookies()).length, 2);
    match(await choose(second, "Hill"), new RegExp(`Location ${hill.locationId} is connected`));
    match(await choose(first, "Harbour"), new RegExp(`Location ${harbour.locationId} is connected`));
    for (const target of [harbour, hill]) equal(await statusOf(world, target), "connected");
    equal((await context.cookies()).length, 0);
  },
);

inChromium(
  "an installation that begins in HighLevel's marketplace ends well, and its page can be loaded again",
  async (place) => {
    const { sandbox, world, context, marketplace } = place;
    const location = sandbox.addLocation({ name: "Harbour", installed: false });
    const page = await context.newPage();
    await page.goto(`${marketplace}/marketplace/install`);
    const shown = await choose(page, "Harbour");
    match(shown, new RegExp(`Location ${location.locationId} is connected, since .* UTC`));
    equal(await statusOf(world, location), "connected");
    const address = page.url();
    ok(
      !address.includes(location.locationId) && !address.includes("code="),
      "nothing is told by the address",
    );

    sandbox.resetCounts();
    for (let time = 0; time < 3; time++) {
      equal((await page.reload())?.status(), 200);
      equal(await page.locator("main").textContent(), shown);
    }
    const other = await context.newPage();
    await other.goto(address);
    equal(await other.locator("main").textContent(), shown);
    equal(sandbox.counts.exchange, 0);
    const rules = await page.evaluate<number>("document.styleSheets[0].cssRules.length");
    ok(rules > 10, "its stylesheet is found");
  },
);

inChromium("an agency user in the marketplace connects the whole agency", async (place) => {
  const { sandbox, world, context, marketplace } = place;
  const company = sandbox.addCompany({ name: "Northwind", bulk: {} });
  sandbox.addLocation({ ...company, name: "Harbour" });
  const page = await context.newPage();
  await page.goto(`${marketplace}/marketplace/install`);
  const shown = await choose(page, "Northwind");
  match(shown, new RegExp(`Company ${company.companyId} is connected`));
  match(shown, /are being connected too/);
  equal(await statusOf(world, company), "connected");
});

inChromium(
  "who says no, or chooses another, starts again for the connection that was meant",
  async (place) => {
    const { sandbox, world } = place;
    const harbour = sandbox.addLocation({ name: "Harbour", installed: false });
    sandbox.addLocation({ name: "Hill", installed: false });
    const page = await begin(place, `?location=${harbour.locationId}`);
    match(await choose(page, "Cancel"), /HighLevel ended the authorisation:access_denied/);
    await page.reload();
    await page.getByText("access_denied").waitFor();

    await page.getByRole("link", { name: "Start again" }).click();
    const wrong = await choose(page, "Hill");
    match(wrong, new RegExp(`made for Location ${harbour.locationId}, but Location .* was authorised`));
    match(wrong, /Nothing was stored/);

    await page.getByRole("link", { name: "Choose again" }).click();
    match(await choose(page, "Harbour"), new RegExp(`Location ${harbour.locationId} is connected`));
    equal(await statusOf(world, harbour), "connected");
  },
);
