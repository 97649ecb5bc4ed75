import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { SECRETS } from "../events/receivers.ts";
import { KEYS, until } from "../worker_world.ts";
import { axeProblems, loadAxe } from "./axe_problems.ts";
import { answerOnceAsked, SCRIPT_NAME, signIn } from "./dashboard_world.ts";
import { browserTests, textOf } from "./in_browser.ts";
import { jobIs, startJobOf } from "../recovery_job/job_calls.ts";

const { inBrowser, looking } = browserTests();

/** Screens of a telephone, a tablet, a laptop and a desk, px. */
const WIDTHS = [360, 768, 1280, 1440];
/** What A4 leaves between its margins, px. */
const PAPER_WIDTH = 718;
/** What a page draws in the colour of its ground: nobody sees it. */
const UNSEEN = `{
  const ground = getComputedStyle(document.body).backgroundColor;
  [...document.querySelectorAll("main svg :is(rect, path):not(.hover), main .swatch")].filter((one) => {
    const { width, height } = one.getBoundingClientRect();
    const { fill, stroke, backgroundColor } = getComputedStyle(one);
    const colours = one instanceof SVGElement ? [fill, stroke] : [backgroundColor];
    return width * height > 0 && colours.every((colour) => [ground, "none", "rgba(0, 0, 0, 0)"].includes(colour));
  }).map((one) => one.outerHTML);
}`;

const SAME_TIMES =
  `[...document.querySelectorAll("time")].filter((one) => one.title === one.textContent).length`;

async function fits(page: Page, look: string, width: number): Promise<void> {
  const needed = Number(await page.evaluate("document.documentElement.scrollWidth"));
  assert.ok(needed <= width, `${look}: it is ${needed} px wide`);
}

looking("a name that is a script is shown as text", async (dashboard) => {
  const { page } = await dashboard.signedIn();
  await page.getByRole("link", { name: SCRIPT_NAME }).click();
  await page.getByRole("heading", { level: 1, name: SCRIPT_NAME, exact: true }).waitFor();
  assert.equal(await page.title(), `${SCRIPT_NAME} · Reconnect`);
  await page.getByRole("link", { name: "Forget" }).click();
  const asked = `Forget \u2068${SCRIPT_NAME}\u2069?`; // it turns nothing around it
  await page.getByRole("heading", { level: 1, name: asked, exact: true }).waitFor();
});

looking("Korean by the browser's wish, English by the switch, and back", async (dashboard) => {
  const { page } = await dashboard.open({ locale: "ko-KR" });
  await page.goto("/");
  await page.getByRole("heading", { name: "로그인" }).waitFor();
  await signIn(page, KEYS.admin);
  assert.equal(await page.locator("html").getAttribute("lang"), "ko");
  assert.equal(await textOf(page, ".tile.broken .tile-name"), "끊김");
  await page.goto(`/ui/connections/location/${dashboard.seeds.connected[0]}`);
  assert.match(await textOf(page, "dl time"), /^2[34]시간 후 만료$/);
  await page.getByRole("button", { name: "English" }).click();
  await page.getByRole("heading", { name: "Details" }).waitFor();
  assert.match(await textOf(page, "dl time"), /^expires in 2[34] hours$/);
  await page.goto("/ui/recoveries");
  await page.getByRole("button", { name: "한국어" }).click();
  await page.getByRole("heading", { name: "일괄 복구", exact: true }).waitFor();
  assert.equal(new URL(page.url()).pathname, "/ui/recoveries");
});

inBrowser(
  "without script: sign in, search, recover, forget, and a bulk recovery by reloading",
  async (dashboard) => {
    const { page } = await dashboard.signedIn("admin", { javaScriptEnabled: false });
    const { seeds } = dashboard;
    const [id = "", other = ""] = seeds.broken;
    await page.locator("#q").fill(id);
    await page.getByRole("button", { name: "Apply" }).click();
    await page.locator(`a.name[href$="${id}"]`).click();
    assert.match(await textOf(page, ".timeline time"), /UTC$/);
    assert.equal(await page.locator(".copy:visible").count(), 0);
    dashboard.world.sandbox.clearFaults();
    await page.getByRole("button", { name: "Recover now" }).click();
    await page.getByText("Recovered. The connection has a valid token.").waitFor();
    await page.getByLabel("Name").fill("Harbour Dental");
    await page.getByRole("button", { name: "Save name" }).click();
    await page.getByText("The name is saved.").waitFor();
    await page.getByRole("heading", { name: "Harbour Dental" }).waitFor();
    await page.getByRole("link", { name: "Forget" }).click();
    await page.getByRole("button", { name: "Forget this connection" }).click();
    await page.getByText("is forgotten").waitFor();

    dashboard.world.sandbox.fault({ on: "any", kind: "delay", ms: 8_000, times: 2 }); // longer than a page takes
    await page.goto("/ui/recoveries");
    await page.locator("#ids").fill([other, seeds.person].join("\n"));
    await page.locator(".choice.ids button.primary").click();
    await page.getByRole("link", { name: "Refresh" }).click();
    await until(async () => {
      await page.reload(); // whole: between two documents there is no link either
      return await page.getByRole("link", { name: "Refresh" }).count() === 0;
    });
    assert.equal(await textOf(page, '[data-text="recovered"]'), "1");
    assert.match(await textOf(page, "#items"), /Needs reauthorization/);
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByText("You are signed out.").waitFor();
  },
);

inBrowser(
  "every page, both themes and widths: no barrier, no token, nothing wider than the screen",
  async (dashboard) => {
    const { seeds, world } = dashboard;
    const started = await world.json("/recoveries", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ targets: [{ locationId: seeds.paused }, { locationId: seeds.person }] }),
    });
    const waiting = await startJobOf(world, seeds.broken); // nobody answers about these
    const [paused, cancelled] = [
      await startJobOf(world, seeds.broken),
      await startJobOf(world, seeds.broken),
    ];
    await world.json(`/recoveries/${paused}/pause`, { method: "POST" });
    await world.json(`/recoveries/${cancelled}`, { method: "DELETE" });
    await jobIs(world, waiting, "waiting");
    const campaign = await world.json("/campaigns", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: "{}",
    });
    assert.equal(campaign.status, 201);
    const paths = [
      ...[waiting, paused, cancelled].map((id) => `/ui/recoveries/${id}`),
      "/",
      "/?status=paused&range=7",
      "/?q=nobody-there",
      `/ui/connections/location/${seeds.broken[0]}`,
      `/ui/connections/location/${seeds.person}`,
      `/ui/connections/location/${seeds.person}/forget`,
      `/ui/connections/company/${seeds.company}`,
      "/ui/recoveries",
      `/ui/recoveries/${started.body.id}`,
      "/ui/plan",
      "/ui/campaigns",
      `/ui/campaigns/${campaign.body.id}?which=all`,
      "/ui/events",
      "/ui/nothing",
      "/docs",
      "/oauth/callback",
    ];
    const { page: later } = await dashboard.signedIn();
    await later.clock.install();
    await later.goto(`/ui/recoveries/${waiting}`);
    await later.locator("[data-next]").getByText(/It is tried again in \d+ seconds?\.|again now\./).waitFor();
    await later.clock.runFor(60_000); // its next try has passed by this page's clock, whatever it is told meanwhile
    await later.locator("[data-next]").getByText("It is tried again now.").waitFor();
    await later.close();
    const secrets = world.sandbox.issuedSecrets();
    assert.ok(secrets.length > 20);
    const looks = {
      "en-GB": [
        { colorScheme: "light", width: 1280, height: 800 },
        { colorScheme: "dark", width: 1280, height: 800 },
        { colorScheme: "light", width: 768, height: 1024 },
        { colorScheme: "light", width: 360, height: 740 },
      ],
      "ko-KR": [
        { colorScheme: "dark", width: 360, height: 740 },
        { colorScheme: "light", width: 360, height: 740 },
      ],
    } as const;
    await Promise.all((["en-GB", "ko-KR"] as const).map(async (locale) => {
      const { page } = await dashboard.open({ locale });
      const check = async (path: string): Promise<void> => {
        const response = await page.goto(path);
        const html = (await response?.text()) ?? "";
        for (const secret of secrets) assert.ok(!html.includes(secret), `${path} shows a secret`);
        assert.doesNotMatch(html, /<[^>]+\s(on\w+|style)=/i, path);
        // The API's paths have placeholders of their own, and so have messages.
        if (path !== "/docs" && !path.includes("which")) {
          assert.doesNotMatch(html, /\{\w+\}/, `${path} shows a placeholder`);
        }
        await loadAxe(page);
        if (path === "/docs") {
          await page.evaluate(`document.querySelectorAll("details").forEach((one) => one.open = true)`);
        }
        for (const width of WIDTHS) {
          await page.setViewportSize({ width, height: 800 });
          await fits(page, `${path} ${locale} ${width}`, width);
        }
        for (const { colorScheme, ...viewport } of looks[locale]) {
          await page.setViewportSize(viewport);
          await page.emulateMedia({ colorScheme });
          assert.deepEqual(await axeProblems(page), [], `${path} ${colorScheme} ${viewport.width}`);
        }
        await page.emulateMedia({ forcedColors: "active" });
        assert.deepEqual(await page.evaluate(UNSEEN), [], `${path} in forced colours`);
        await page.emulateMedia({ forcedColors: "none", media: "print" });
        await page.setViewportSize({ width: PAPER_WIDTH, height: 1_000 });
        await fits(page, `${path} ${locale} on paper`, PAPER_WIDTH);
        // The exact time that stands behind one like "5 minutes ago" there is not told twice.
        assert.equal(await page.evaluate(SAME_TIMES), 0, path);
        assert.equal(await page.locator("header, form, button").filter({ visible: true }).count(), 0, path);
        await page.emulateMedia({ media: "screen" });
      };
      await check("/");
      await signIn(page, KEYS.admin);
      for (const path of paths) await check(path);
    }));
    const complaints = dashboard.complaints.splice(0);
    assert.deepEqual(complaints.filter((text) => !/^Failed to load resource: .* (400|404) /.test(text)), []);
  },
  { // whose navigation has all its entries
    variables: { EVENT_URLS: "https://events.example/crm", EVENT_SECRETS: SECRETS.join() },
    upstream: ({ url }) =>
      url.startsWith("https://events.") ? new Response(null, { status: 410 }) : undefined,
  },
);

inBrowser(
  "the keyboard alone signs in, skips to the content and recovers, and focus is seen",
  async (dashboard) => {
    const { page } = await dashboard.open();
    await page.goto("/");
    await page.locator("#key:focus").waitFor(); // by itself
    await page.keyboard.type(KEYS.admin);
    await page.keyboard.press("Enter");
    await page.locator("header nav").waitFor();
    await page.waitForLoadState();
    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate("document.activeElement.textContent"), "Skip to content");
    await page.keyboard.press("Enter");
    const places: string[] = [];
    do { // by what is wrong and the agencies concerned to what there is to do
      await page.keyboard.press("Tab");
      const focus: { text: string; outline: string } = await page.evaluate(`({
        text: document.activeElement.textContent,
        outline: getComputedStyle(document.activeElement).outlineWidth,
      })`);
      assert.equal(focus.outline, "2px", focus.text);
      places.push(focus.text);
    } while (places.at(-1) !== "Recover all broken" && places.length < 8);
    assert.deepEqual([places[0], places.at(-1)], ["4 HighLevel errors (5xx)", "Recover all broken"]);
    await answerOnceAsked(page, dashboard.world, 0);
    await page.keyboard.press("Enter");
    await page.locator('[data-state="done"]:not([hidden])').waitFor();
  },
);
