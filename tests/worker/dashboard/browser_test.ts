import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { linkTarget } from "../calls.ts";
import { KEYS, until } from "../worker_world.ts";
import { answerOnceAsked } from "./dashboard_world.ts";
import { browserTests, textOf } from "./in_browser.ts";

const { inBrowser, looking } = browserTests();

/** Screens of telephones, a tablet, a laptop and a desk, px. */
const SCREENS = [[360, 740], [390, 844], [768, 1_024], [1_280, 720], [1_440, 900]] as const;
/** Where the overview answers what one asks on the day of an incident. */
const ANSWERS = [
  ["what", "#headline"],
  ["since when", "#headline small"],
  ["why", ".causes li:last-child"],
  ["whether it is being mended", ".now-facts > div:last-child"],
  ["what to do", "#now > .row"],
] as const;

/** The ids in the list, from top to bottom. */
async function idsOf(page: Page): Promise<string[]> {
  const texts = await page.locator("table.cards tbody .id").allTextContents();
  return texts.map((text) => text.replace(/^\S+ /, ""));
}

/** Waits until the script has put `ids` back into the field, as it does once a page is there. */
async function pastedIs(page: Page, ids: string): Promise<void> {
  await until(async () => await page.locator("#ids").inputValue() === ids); // the page's policy allows no function to wait for
}

looking("sign in with a key, go on where you wanted to, sign out for good", async (dashboard) => {
  const { page, context } = await dashboard.open();
  await page.goto("/ui/recoveries");
  assert.equal(new URL(page.url()).search, "?next=%2Fui%2Frecoveries");

  await page.locator("#key").fill("not-a-key");

  await page.locator("#key").press("Enter");
  await page.getByRole("alert").getByText("That key is not valid.").waitFor();
  assert.match(dashboard.complaints.splice(0).join(), /^Failed to load resource: .*401/);

  await page.getByRole("button", { name: "한국어" }).click();
  await page.getByRole("heading", { name: "로그인" }).waitFor();
  await page.getByRole("button", { name: "English" }).click();
  await page.getByRole("heading", { name: "Sign in" }).waitFor();

  await page.locator("#key").fill(KEYS.admin);

  await page.locator("#key").press("Enter");
  await page.getByRole("heading", { name: "Bulk recovery", exact: true }).waitFor();
  assert.equal(new URL(page.url()).pathname, "/ui/recoveries");
  await page.goto("/ui/sign-in"); // where a wrong key leaves the browser
  await page.locator(".tiles").waitFor();
  const cookies = await context.cookies();

  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByText("You are signed out.").waitFor();
  assert.ok(!(await context.cookies()).some(({ name }) => name === "highlevel_session"));
  await context.addCookies(cookies); // somebody kept it
  await page.goto("/");
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
});

looking("the overview counts, searches, filters and sorts", async (dashboard) => {
  const { page } = await dashboard.signedIn();
  const { seeds, world } = dashboard;
  assert.equal(await textOf(page, ".tile.broken .tile-count"), String(seeds.broken.length));
  assert.equal(await textOf(page, ".tile.paused .tile-count"), "1");
  assert.equal(await textOf(page, ".tile.reauthorization_required .tile-count"), "1");
  assert.equal(
    await textOf(page, ".tile.all .tile-count"),
    String(seeds.connected.length + seeds.broken.length + 3),
  );
  assert.deepEqual((await idsOf(page)).slice(0, 4).sort(), [...seeds.broken].sort()); // what needs somebody is first

  await page.waitForLoadState(); // the script has run
  assert.match(await textOf(page, ".causes"), /^4 HighLevel errors \(5xx\).*1 app not installed/);

  await page.keyboard.press("/");
  await page.locator("#q:focus").waitFor();
  await page.getByLabel("Search").fill("dental");
  await page.getByLabel("Search").press("Enter");
  await page.getByRole("link", { name: "Alder Dental" }).waitFor();
  assert.equal((await idsOf(page)).length, 1);
  await page.getByLabel("Search").fill(seeds.paused.toLowerCase());
  await page.getByRole("button", { name: "Apply" }).click();
  await page.getByRole("link", { name: "Clear filters" }).waitFor();
  assert.deepEqual(await idsOf(page), [seeds.paused]);
  await page.getByRole("link", { name: "Clear filters" }).click();
  await page.getByRole("link", { name: "Clear filters" }).waitFor({ state: "detached" });

  await page.getByLabel("Status", { exact: true }).and(page.locator("select")).selectOption("broken");
  await page.getByRole("button", { name: "Apply" }).click();
  await page.locator(".tile.broken[aria-current]").waitFor();
  assert.deepEqual((await idsOf(page)).sort(), [...seeds.broken].sort());

  await page.locator(".tile.all").click();
  await page.locator(".tile.all[aria-current]").waitFor();
  await page.getByRole("link", { name: "Since", exact: true }).click();
  await page.locator("th[aria-sort=descending]", { hasText: "Since" }).waitFor();
  const newest = await idsOf(page);
  const times = await page.locator("td[data-label=Since] time").evaluateAll((all) =>
    all.map((time) => time.getAttribute("datetime") ?? "")
  );
  assert.deepEqual(times, times.toSorted().reverse());
  await page.getByRole("link", { name: "Connection", exact: true }).click();
  await page.locator("th[aria-sort=ascending]", { hasText: "Connection" }).waitFor();
  assert.deepEqual((await idsOf(page)).toSorted(), newest.toSorted());

  await page.getByLabel("Search").fill("nobodyKnowsThis1");
  await page.getByLabel("Search").press("Enter");
  await page.getByText("No connections match").waitFor();
  await page.getByRole("link", { name: "Open location nobodyKnowsThis1" }).click();
  await page.getByRole("heading", { name: "Location nobodyKnowsThis1 is not known here" }).waitFor();
  assert.match(dashboard.complaints.splice(0).join(), /404/);

  // The first look answers: what, since when, why, what is being done, what to do.
  const before = page.viewportSize();
  for (const [width, height] of SCREENS) {
    await page.setViewportSize({ width, height });
    await page.goto("/");
    for (const [question, answer] of ANSWERS) {
      const box = await page.locator(answer).boundingBox();
      assert.ok(
        box && box.y >= 0 && box.y + box.height <= height && box.x >= 0 && box.x + box.width <= width,
        `${question} (${answer}) is not in the first view of ${width} × ${height}`,
      );
    }
  }
  if (before) await page.setViewportSize(before);

  // What is wrong follows by itself, with what somebody types meanwhile left alone.
  const lost = seeds.broken.length + 1;
  const headline = page.getByRole("heading", { name: /connections? (is|are) down/ });
  await page.clock.install();
  await page.goto("/");
  assert.match((await headline.textContent()) ?? "", new RegExp(`^\\s*${lost} of `));
  await page.getByLabel("Search").fill("half a wo");
  await world.call(`/connections/location/${seeds.person}`, { method: "DELETE" });
  await until(async () => {
    await page.clock.runFor(10_000);
    return new RegExp(`^\\s*${lost - 1} of `).test((await headline.textContent()) ?? "");
  });
  assert.equal(await page.getByLabel("Search").inputValue(), "half a wo");
});

inBrowser("recover one, read and copy its trace id, forget it", async (dashboard) => {
  const { page, context } = await dashboard.signedIn();
  const { seeds, world } = dashboard;
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const [id = "", ...others] = seeds.broken;
  await page.locator(`a[href$="${id}"]`).click();
  await page.getByText("There is no valid token").waitFor();
  assert.match(await textOf(page, ".standing .trouble"), /^Reason .*HighLevel answered 503/);
  const { body } = await world.json(`/connections/location/${id}`);
  assert.match(JSON.stringify(body.trouble), /"code":"unavailable","message":".*HighLevel answered 503/);
  world.sandbox.clearFaults();
  // The others stay as they are: by themselves they would be healed meanwhile.
  world.sandbox.fault({
    on: ({ url, body }) => others.some((id) => url.href.includes(id) || body.includes(id)),
    kind: "status",
    status: 503,
    times: Infinity,
  });
  await page.getByRole("button", { name: "Recover now" }).click();
  await page.getByText("Recovered. The connection has a valid token.").waitFor();
  await page.waitForURL((url) => url.search === "");
  assert.equal(await textOf(page, ".standing .badge"), "Connected");
  assert.equal(await textOf(page, ".timeline li:first-child b"), "Recovered");
  assert.match(await textOf(page, "dl time"), /^expires in 2[34] hours$/);
  const token = await world.json(`/connections/location/${id}/token`);
  assert.ok(world.sandbox.isLiving(String(token.body.access_token)));

  await page.goto(`/ui/connections/location/${seeds.person}?did=recovered`);
  assert.equal(await page.locator(".note").count(), 0); // it does not fit
  assert.match(await textOf(page, ".standing"), /Next: it waits for someone .* has not been opened yet/);
  assert.match(await textOf(page, ".attempts"), /by refresh token .*HighLevel answered 400/);
  const trace = await textOf(page, ".timeline .trace code");
  assert.ok(trace.length > 8);
  await page.locator(".timeline").getByRole("button", { name: "Copy Trace ID" }).first().click();
  await page.locator("#said", { hasText: "Copied" }).waitFor({ state: "attached" });
  assert.equal(await page.evaluate("navigator.clipboard.readText()"), trace);
  await page.getByRole("button", { name: "Copy Reauthorization link" }).click();
  let link = trace;
  await until(async () => (link = await page.evaluate("navigator.clipboard.readText()")) !== trace);
  assert.deepEqual(await linkTarget(link, world.sandbox.app), { locationId: seeds.person });

  await page.goto(`/ui/connections/location/${seeds.connected[0]}`);
  await page.getByRole("button", { name: "Check now" }).click();
  await page.getByText("HighLevel accepts its token.").waitFor();
  // The directory is told of the recovery a moment later.
  await until(async () => {
    await page.goto(`/ui/connections/company/${seeds.company}`);
    return /Broken 3 .* Connected \d+/.test(await textOf(page, "section:has(#locations)"));
  });
  await page.locator("section:has(#locations)").getByRole("link", { name: "Paused" }).click();
  await page.getByRole("link", { name: "All agencies" }).waitFor();
  assert.deepEqual(await idsOf(page), [seeds.paused]);

  await page.goto(`/ui/connections/location/${seeds.person}`);
  await page.getByRole("link", { name: "Forget" }).click();
  await page.getByRole("link", { name: "Cancel" }).click();
  await page.getByRole("link", { name: "Forget" }).click();
  await page.getByRole("button", { name: "Forget this connection" }).click();
  await page.getByText("The connection is forgotten, and its tokens are deleted.").waitFor();
  assert.equal((await world.json(`/connections/location/${seeds.person}`)).status, 404);
});

inBrowser(
  "recover all broken and watch it to the end; what failed is listed and survives a reload",
  async (dashboard) => {
    const { page } = await dashboard.signedIn();
    const { seeds, world } = dashboard;
    await answerOnceAsked(page, world, 400);
    await page.getByRole("button", { name: "Recover all broken" }).click();
    await page.locator('[data-state="done"]:not([hidden])').waitFor();
    const recovered = Number(await textOf(page, '[data-text="recovered"]'));
    assert.equal(await textOf(page, '[data-text="total"]'), String(recovered));
    assert.equal(recovered, seeds.broken.length);
    assert.equal(await textOf(page, '[data-text="percent"]'), "100%");

    await page.getByRole("link", { name: "Bulk recovery" }).click();
    const ids = [...seeds.connected, seeds.paused, seeds.person];
    await page.getByLabel("One ID per line").fill(ids.join("\n"));
    // The page's own clock stands: what follows the job and its end is told by events, not by looking every few seconds.
    await page.clock.install();
    await page.clock.pauseAt(Date.now() + 60_000);
    await page.locator(".choice.ids").getByRole("button", { name: "Start recovery" }).click();
    await page.locator('[data-state="running"]:not([hidden])').waitFor();
    const pace = await textOf(page, "#pace");
    // It moves by itself.
    await page.evaluate(`{
      const done = document.querySelector('[data-text="done"]');
      window.seen = [done.textContent];
      new MutationObserver(() => seen.push(done.textContent)).observe(done, { childList: true });
    }`);
    await page.locator('[data-state="done"]:not([hidden])').waitFor();
    const seen: string[] = await page.evaluate("seen");
    assert.ok(new Set(seen).size >= 2, seen.join());
    await until(async () => await textOf(page, "#pace") !== pace);
    assert.doesNotMatch(await textOf(page, "#pace"), /left/);
    assert.match(await textOf(page, "#began"), /^Started \d+ seconds? ago/);
    await page.clock.resume();
    const bar = page.getByRole("progressbar");
    assert.equal(await bar.getAttribute("aria-valuenow"), String(ids.length));
    const rows = page.locator("#items tr");
    const check = async (): Promise<void> => {
      assert.equal(await rows.count(), 2);
      assert.equal(await page.title(), `${ids.length} of ${ids.length} · Bulk recovery · Reconnect`);
      const person = rows.filter({ hasText: seeds.person });
      assert.match((await person.textContent()) ?? "", /Needs reauthorization/);
      assert.match((await person.textContent()) ?? "", /https:\/\/worker\.example\/r\/[\w-]{40,}/);
      assert.match((await rows.filter({ hasText: seeds.paused }).textContent()) ?? "", /Paused.*not active/);
    };
    await check();
    await page.reload();
    await check();
    assert.match(await textOf(page, "#pace"), /^\d+ seconds? elapsed · [\d,]+ per minute$/);
    assert.match(await textOf(page, "#reasons"), /1 location pausedPaused 1 .+Needs reauthorization/);

    const download = page.waitForEvent("download");
    await page.getByRole("link", { name: "Download CSV" }).click();
    const csv = await Deno.readTextFile(await (await download).path());
    assert.equal(csv.trim().split("\r\n").length, 3);
    await page.goto("/ui/recoveries");
    assert.equal(await page.locator("section:has(#recent) tbody tr").count(), 2);
    await until(async () => (await world.json("/connections?status=broken")).body.total === 0);
    await page.locator(".choice.status").getByRole("button").click(); // nothing is broken any more
    await page.getByText("No connections matched.").waitFor();
  },
);

inBrowser(
  "bulk takes an agency's locations, and tells bad lines before it starts with the others",
  async (dashboard) => {
    const { page, context } = await dashboard.signedIn();
    const { seeds } = dashboard;
    await page.goto("/ui/recoveries");
    await page.getByLabel("One ID per line").fill(seeds.paused);
    await context.clearCookies({ name: "highlevel_session" }); // as after 12 hours
    await page.locator(".choice.ids").getByRole("button").click();
    await page.getByText("nothing was started or changed").waitFor();
    await page.locator("#key").fill(KEYS.admin);
    await page.locator("#key").press("Enter");
    await page.locator(".choices").waitFor();
    await pastedIs(page, seeds.paused);
    await page.getByRole("button", { name: "한국어" }).click();
    await page.getByRole("button", { name: "English" }).click();
    await page.getByRole("heading", { name: "By id" }).waitFor();
    await pastedIs(page, seeds.paused);
    dashboard.world.sandbox.clearFaults();
    await page.getByLabel("Agency ID").fill(seeds.company);
    await page.locator(".choice.company").getByRole("button").click();
    await page.locator('[data-state="done"]:not([hidden])').waitFor();
    assert.ok(Number(await textOf(page, '[data-text="total"]')) >= seeds.connected.length);

    await page.goto("/ui/recoveries");
    assert.equal(await page.getByLabel("One ID per line").inputValue(), "");
    await page.getByLabel("One ID per line").fill(
      `${seeds.connected[0]}\nwhat is this\ncompany/${seeds.company}`,
    );
    await page.locator(".choice.ids").getByRole("button").click();
    await page.getByText("1 line is not a valid ID:").waitFor();
    await page.locator("#ids:focus").waitFor(); // once the page is drawn
    assert.match(await page.title(), /^Invalid request · Bulk recovery/);
    assert.match(await textOf(page, "#ids-trouble"), /Line 2: what is this/);
    assert.match(dashboard.complaints.splice(0).join(), /422/);
    await page.getByRole("button", { name: "Start with the other 2" }).click();
    await page.locator('[data-state="done"]:not([hidden])').waitFor();
    assert.equal(await textOf(page, '[data-text="total"]'), "2");
    assert.equal(await textOf(page, "[data-none]"), "There are no unrecovered connections.");

    await page.goto("/ui/recoveries");
    await page.getByLabel("Agency ID").fill("nobody1");
    await page.locator(".choice.company").getByRole("button").click();
    await page.locator(".job-failed:visible", { hasText: "Failed" }).waitFor();
    await page.goto("/ui/recoveries");
    assert.equal(await page.locator("section:has(#recent) .job-failed").count(), 1);
  },
);

looking(
  "who may only look is offered nothing else, and refused when a form is sent all the same",
  async (dashboard) => {
    const { page } = await dashboard.signedIn("viewer");
    const { seeds: { broken: [id = ""] } } = dashboard;
    const path = `/ui/connections/location/${id}`;
    for (const place of ["/", path, "/ui/recoveries"]) {
      await page.goto(place);
      assert.equal(await page.locator("main form[method=post]").count(), 0, place);
      assert.equal(await page.getByRole("link", { name: "Forget" }).count(), 0);
    }
    await page.goto(path);
    await page.getByText("View only. Sign in with the admin key to make changes.").waitFor();
    await page.evaluate(`{
    const form = document.createElement("form");
    Object.assign(form, { method: "post", action: ${JSON.stringify(`${path}/recover`)} });
    document.body.append(form);
    form.submit();
  }`);
    await page.getByRole("heading", { name: "Not allowed" }).waitFor();
    assert.match(dashboard.complaints.splice(0).join(), /403/);
  },
);

looking("a form on another site is refused", async (dashboard) => {
  const { page } = await dashboard.signedIn();
  const { seeds: { connected: [id = ""] }, url, world } = dashboard;
  const path = `/ui/connections/location/${id}/forget`;
  // localhost is another site than 127.0.0.1, and sends forms there without the session.
  const other = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {} },
    () =>
      new Response(`<form method="post" action="${url}${path}"><button>Win</button></form>`, {
        headers: { "Content-Type": "text/html" },
      }),
  );
  await page.goto(`http://localhost:${other.addr.port}/`);
  await page.getByRole("button", { name: "Win" }).click();
  await page.getByRole("heading", { name: "Not allowed" }).waitFor();
  assert.equal((await world.json(`/connections/location/${id}`)).status, 200);
  dashboard.complaints.length = 0; // 403, and no icon there
  await other.shutdown();
});

looking(
  "a link from elsewhere, such as an alert, opens the page; who is not signed in signs in first",
  async (dashboard) => {
    const { seeds: { broken: [id = ""] }, url } = dashboard;
    const path = `/ui/connections/location/${id}`;
    const chat = Deno.serve(
      { port: 0, hostname: "127.0.0.1", onListen: () => {} },
      ({ url: asked }) =>
        new Response(
          asked.endsWith(".ico") ? "" : `<link rel="icon" href="data:,"><a href="${url}${path}">alert</a>`,
          {
            headers: { "Content-Type": "text/html" },
          },
        ),
    );
    for (const { page } of [await dashboard.signedIn(), await dashboard.open()]) {
      await page.goto(`http://localhost:${chat.addr.port}/`);
      await page.getByRole("link", { name: "alert" }).click();
      const key = page.locator("#key");
      await page.getByText("There is no valid token").or(key).waitFor();
      if (await key.isHidden()) {
        continue;
      }
      await key.fill(KEYS.viewer);
      await key.press("Enter");
      await page.getByText("There is no valid token").waitFor();
    }
    await chat.shutdown();
  },
);

inBrowser(
  "the API's page sends what its reader's key may, asks before a change, and prints whole",
  async (dashboard) => {
    const { page } = await dashboard.signedIn("admin");
    const { seeds, world } = dashboard;
    await page.goto("/docs#getConnectionsKindId");
    const look = page.locator("#getConnectionsKindId form.try");
    await look.getByLabel("id").fill(seeds.paused);
    await look.getByRole("button", { name: "Send" }).click();
    await look.locator(".result", { hasText: "200" }).getByText('"paused"').waitFor();

    world.sandbox.clearFaults();
    const [id = ""] = seeds.broken;
    const entry = page.locator("#postConnectionsKindIdRecover");
    await entry.locator("summary").click();
    const recover = entry.locator("form.try");
    await recover.getByLabel("id", { exact: true }).fill(id);
    const asked: string[] = [];
    page.on("dialog", (dialog) => {
      asked.push(dialog.message());
      return asked.length === 1 ? dialog.dismiss() : dialog.accept();
    });
    await recover.getByRole("button", { name: "Send" }).click();
    assert.match(asked.join(), new RegExp(`POST /connections/location/${id}/recover`));
    assert.equal(await recover.locator(".result").textContent(), "", "nothing was sent");
    await recover.getByRole("button", { name: "Send" }).click();
    await recover.locator(".result", { hasText: '"recovered"' }).waitFor();

    assert.equal(await page.locator("#getConnectionsKindIdToken form").count(), 0, "no token on a page");
    await page.emulateMedia({ media: "print" });
    assert.equal(await page.locator("header").isVisible(), false);
    assert.equal(await recover.isVisible(), false, "a form is not printed");
    assert.equal(await page.locator("#postConnectionsKindIdRecover pre").first().isVisible(), true);

    const { page: viewer } = await dashboard.signedIn("viewer");
    await viewer.goto("/docs#postConnectionsKindIdRecover");
    assert.equal(await viewer.locator("#postConnectionsKindIdRecover form").isVisible(), false);
    assert.equal(await viewer.locator("#getConnections form").count(), 1);
  },
);
