/**
 * Draws the dashboard. `deno run -A tests/worker/dashboard/screenshots.ts` makes the pictures of docs/; with
 * `--film` only the moving one, with a folder every page there, in both themes, widths and languages.
 */
import type { BrowserContextOptions, Page } from "playwright-core";
import type { DirectoryReport, DirectoryRow } from "../../../src/worker/directory/directory_api.ts";
import type { WorkerEnv } from "../../../src/worker/env.ts";
import { launchChromium } from "../../launch_chromium.ts";
import { type DashboardWorld, startDashboard } from "./dashboard_world.ts";
import { filmIncident } from "./incident_film.ts";

const DESKTOP = { width: 1280, height: 860 };
const PHONE = { width: 360, height: 760 };

/** A day with an incident in it: connections that were there, went and came back, and are forgotten since. */
async function drawDay({ world }: DashboardWorld): Promise<void> {
  const bindings = await world.miniflare.getBindings<Pick<WorkerEnv, "DIRECTORY">>();
  const appId = world.sandbox.app.clientId.split("-")[0];
  const directory = bindings.DIRECTORY.get(bindings.DIRECTORY.idFromName(`${appId}/directory/0`));
  const reports: DirectoryReport[] = [];
  let seq = 1;
  const stand = (many: number, status: DirectoryRow["status"], since: number): void => {
    for (let n = 0; n < many; n++) {
      const row = { kind: "location", id: `locDrawn${n}`, status, since } as const;
      reports.push({ row, seq: seq++, changes: [] });
    }
  };
  stand(20, "connected", 0);
  for (let hour = 23; hour > 0; hour--) {
    const at = Date.now() - hour * 3_600_000;
    if (hour > 3 && hour < 8) stand((8 - hour) * 3, "connected", at);
    stand(Math.round(2 * Math.sin(hour) ** 2), hour % 5 === 0 ? "reauthorization_required" : "broken", at);
    if (hour > 5 && hour < 9) stand((9 - hour) * 4, "broken", at);
  }
  stand(20, "forgotten", Date.now());
  await directory.report(reports);
}

/** A connection that went through everything before it needs a person. */
async function liveThrough({ world, seeds: { person } }: DashboardWorld): Promise<void> {
  const { sandbox, call } = world;
  const target = { locationId: person };
  const tokens = sandbox.install(target);
  await call(`/connections/location/${person}`, {
    method: "PUT",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(tokens),
  });
  const recover = async (): Promise<void> => {
    await (await call(`/connections/location/${person}/recover`, { method: "POST" })).body?.cancel();
  };
  await recover();
  sandbox.loseTokens(target);
  await recover();
  sandbox.uninstall(target);
  await recover();
}

/** Starts a bulk recovery that takes a while and stops looking when some of it is done. */
async function watchBulk({ world: { sandbox }, seeds }: DashboardWorld, page: Page): Promise<void> {
  const more = Array.from(
    { length: 90 },
    (_, index) => sandbox.addLocation({ locationId: `loczMore${index}x` }).locationId,
  );
  const ids = [seeds.paused, seeds.person, ...seeds.connected, ...seeds.broken, ...more];
  sandbox.clearFaults();
  sandbox.fault({ on: "any", kind: "delay", ms: 60_000, skip: 130, times: 10_000 });
  await page.goto("/ui/recoveries");
  await page.locator("#ids").fill(ids.join("\n"));
  await page.locator(".choice.ids button.primary").click();
  await page.locator("#items tr:nth-child(2)").waitFor();
  while (Number(await page.locator('[data-text="done"]').textContent()) < 50) await page.waitForTimeout(50);
  await page.waitForTimeout(700);
}

const AGENCIES = [
  { id: "cLakeside0000001", name: "Lakeside Media", locations: 120 },
  { id: "cRiverside000002", name: "Riverside Marketing", locations: 94 },
  { id: "cSummit000000003", name: "Summit Growth Partners", locations: 66 },
];
const CUSTOMERS = [
  "Harbor Physio Clinic",
  "Iris Optics",
  "Maple Tutoring",
  "서울 미소 치과",
  "Tidal Surf School",
];

/** The plan of a day on which Reconnect is gone, and a campaign half-way: one agency and two customers are back. */
async function drawCampaign(
  dashboard: DashboardWorld,
  { page, dark, korean }: Readonly<Record<"page" | "dark" | "korean", Page>>,
): Promise<void> {
  const { world } = dashboard;
  const bindings = await world.miniflare.getBindings<Pick<WorkerEnv, "DIRECTORY">>();
  const appId = world.sandbox.app.clientId.split("-")[0];
  const directory = bindings.DIRECTORY.get(bindings.DIRECTORY.idFromName(`${appId}/directory/0`));
  const now = Date.now();
  let seq = now;
  const report = (row: Pick<DirectoryRow, "id"> & Partial<DirectoryRow>): DirectoryReport => ({
    row: {
      kind: "location",
      status: "reauthorization_required",
      cause: "invalid_grant",
      since: now - 3 * 3_600_000,
      ...row,
    },
    seq: seq++,
    changes: [],
  });
  const locationsOf = ({ id, name, locations }: typeof AGENCIES[number]) =>
    Array.from(
      { length: locations },
      (_, n) => ({ id: `${id}n${n}`, companyId: id, name: `${name} ${n + 1}` }),
    );
  const alone = CUSTOMERS.map((name, n) => ({ id: `locAlone${n}x`, name }));
  await directory.report([
    ...AGENCIES.map(({ id, name }) => report({ kind: "company", id, name })),
    ...[...AGENCIES.flatMap(locationsOf), ...alone].map(report),
  ]);
  await page.goto("/ui/plan");
  await page.screenshot({ path: "docs/plan-light.png" });
  await korean.goto("/ui/plan");
  await korean.screenshot({ path: "docs/plan.ko.png" });
  const campaign = await world.json("/campaigns", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: "{}",
  });
  const back = { status: "connected", since: now, returnedAt: now, linkOpenedAt: now } as const;
  const person = { ...back, returnedBy: "person" } as const;
  const [first] = AGENCIES;
  await directory.report([
    ...AGENCIES.slice(0, 1).map(({ id, name }) => report({ ...person, kind: "company", id, name })),
    ...(first ? locationsOf(first) : []).map((row) => report({ ...row, ...back, returnedBy: "agency" })),
    ...alone.slice(1, 3).map((row) => report({ ...row, ...person })),
    ...alone.slice(0, 1).map((row) => report({ ...row, linkOpenedAt: Date.now() })),
  ]);
  await dark.goto(`/ui/campaigns/${campaign.body.id}`);
  await dark.screenshot({ path: "docs/campaign-dark.png" });
  await korean.goto(`/ui/campaigns/${campaign.body.id}`);
  await korean.screenshot({ path: "docs/campaign.ko.png" });
}

async function drawDocs(dashboard: DashboardWorld): Promise<void> {
  const { seeds } = dashboard;
  await drawDay(dashboard);
  const desktop = await dashboard.signedIn("admin", { viewport: DESKTOP });
  const dark = await dashboard.signedIn("admin", { viewport: DESKTOP, colorScheme: "dark" });
  await desktop.page.screenshot({ path: "docs/overview-light.png" });
  const korean = await dashboard.signedIn("admin", { viewport: DESKTOP, locale: "ko-KR" });
  await korean.page.screenshot({ path: "docs/overview.ko.png" });
  await liveThrough(dashboard);
  await dark.page.goto(`/ui/connections/location/${seeds.person}`);
  await dark.page.screenshot({ path: "docs/connection-dark.png" });
  await korean.page.goto(`/ui/connections/location/${seeds.person}`);
  await korean.page.screenshot({
    path: "docs/connection.ko.png",
    clip: { x: 0, y: 0, ...DESKTOP, height: 800 },
  });
  await drawCampaign(dashboard, { page: desktop.page, dark: dark.page, korean: korean.page });
  await watchBulk(dashboard, desktop.page);
  await desktop.page.screenshot({ path: "docs/bulk-light.png" });
  await korean.page.goto(new URL(desktop.page.url()).pathname);
  await korean.page.locator("#items tr:nth-child(2)").waitFor();
  await korean.page.screenshot({ path: "docs/bulk.ko.png" });
}

async function drawAll(dashboard: DashboardWorld, folder: string): Promise<void> {
  const { seeds } = dashboard;
  await drawDay(dashboard);
  const pages: Readonly<Record<string, (page: Page) => Promise<unknown>>> = {
    overview: (page) => page.goto("/"),
    connection: (page) => page.goto(`/ui/connections/location/${seeds.person}`),
    broken: (page) => page.goto(`/ui/connections/location/${seeds.broken[0]}`),
    forget: (page) => page.goto(`/ui/connections/location/${seeds.connected[0]}/forget`),
    bulk: (page) => page.goto("/ui/recoveries"),
    nothing: (page) => page.goto("/?q=nothinglikethis"),
    missing: (page) => page.goto("/ui/nothing"),
    docs: (page) => page.goto("/docs"),
    plan: (page) => page.goto("/ui/plan"),
    campaigns: (page) => page.goto("/ui/campaigns"),
    progress: async (page) => {
      await page.goto("/ui/recoveries");
      await page.locator("#ids").fill([...seeds.connected, seeds.paused, seeds.person].join("\n"));
      await page.locator(".choice.ids button.primary").click();
      await page.locator("#items tr:nth-child(2)").waitFor();
    },
    mistakes: async (page) => {
      await page.goto("/ui/recoveries");
      await page.locator("#ids").fill(`${seeds.paused}\nnot an id\nnor this!`);
      await page.locator(".choice.ids button.primary").click();
      await page.locator("#ids-trouble").waitFor();
    },
  };
  for (const locale of ["en-GB", "ko-KR"]) {
    for (const colorScheme of ["light", "dark"] as const) {
      for (const viewport of [DESKTOP, PHONE]) {
        const options: BrowserContextOptions = { colorScheme, viewport, locale };
        const shoot = async (page: Page, title: string): Promise<void> => {
          const path = `${folder}/${title}-${colorScheme}-${viewport.width}-${locale}.png`;
          await page.screenshot({ path, fullPage: true });
        };
        const anonymous = await dashboard.open(options);
        await anonymous.page.goto("/");
        await shoot(anonymous.page, "sign-in");
        await anonymous.page.goto("/oauth/callback");
        await shoot(anonymous.page, "callback");
        const { page } = await dashboard.signedIn("admin", options);
        for (const [title, go] of Object.entries(pages)) {
          await go(page);
          await shoot(page, title);
        }
      }
    }
  }
}

if (import.meta.main) {
  const folder = Deno.args.find((arg) => arg !== "--film");
  await Deno.mkdir(folder ?? "docs", { recursive: true });
  const browser = await launchChromium();
  if (!Deno.args.includes("--film")) {
    await using dashboard = await startDashboard({ browser });
    await (folder === undefined ? drawDocs(dashboard) : drawAll(dashboard, folder));
  }
  if (folder === undefined) await filmIncident(browser);
  await browser.close();
  Deno.exit(0);
}
