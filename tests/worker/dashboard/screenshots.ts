/** Draws every page in both themes and both widths: `deno run -A tests/worker/dashboard/screenshots.ts [folder]`. */
import type { BrowserContextOptions, Page } from "playwright-core";
import { launch, startDashboard } from "./dashboard_world.ts";

const folder = Deno.args[0] ?? "docs";
const only = Deno.args[1];
await Deno.mkdir(folder, { recursive: true });
const browser = await launch();
const dashboard = await startDashboard({ browser });
const { seeds, world } = dashboard;

type Bindings = {
  ACTIVITY: {
    idFromName(n: string): unknown;
    get(id: unknown): { count(t: string, at: number): Promise<void> };
  };
};
const { ACTIVITY } = await world.miniflare.getBindings<Bindings>();
const activity = ACTIVITY.get(ACTIVITY.idFromName("all"));
for (let hour = 1; hour < 24; hour++) {
  const at = Date.now() - hour * 3_600_000;
  const refreshed = 6 + Math.round(5 * Math.sin(hour) ** 2);
  for (let n = 0; n < refreshed; n++) await activity.count("refreshed", at);
  if (hour > 5 && hour < 9) {
    for (let n = 0; n < (9 - hour) * 4; n++) await activity.count("recovery_failed", at);
  }
  if (hour > 3 && hour < 8) {
    for (let n = 0; n < (8 - hour) * 3; n++) await activity.count("recovered", at);
  }
}
const sizes = { desktop: { width: 1280, height: 860 }, phone: { width: 360, height: 760 } };
const pages: Record<string, (page: Page) => Promise<unknown>> = {
  "overview": (page) => page.goto("/"),
  "connection": (page) => page.goto(`/ui/connections/location/${seeds.person}`),
  "broken": (page) => page.goto(`/ui/connections/location/${seeds.broken[0]}`),
  "connected": (page) => page.goto(`/ui/connections/location/${seeds.connected[0]}`),
  "forget": (page) => page.goto(`/ui/connections/location/${seeds.connected[0]}/forget`),
  "bulk": (page) => page.goto("/ui/recoveries"),
  "empty": (page) => page.goto("/?q=nothinglikethis"),
  "docs": (page) => page.goto("/docs"),
  "progress": async (page) => {
    await page.goto("/ui/recoveries");
    await page.locator("#ids").fill(
      [...seeds.connected, ...seeds.broken, seeds.paused, seeds.person].join("\n"),
    );
    await page.locator(".choice.ids button.primary").click();
    await page.locator("#items tr:nth-child(2)").waitFor();
  },
};
for (const lang of ["en-GB", "ko-KR"]) {
  for (const theme of ["light", "dark"] as const) {
    for (const [size, viewport] of Object.entries(sizes)) {
      const options: BrowserContextOptions = { colorScheme: theme, viewport, locale: lang };
      const anonymous = await dashboard.open(options);
      const name = (page: string): string => `${folder}/${page}-${theme}-${size}-${lang.slice(0, 2)}.png`;
      if (!only || only === "sign-in") {
        await anonymous.page.goto("/");
        await anonymous.page.screenshot({ path: name("sign-in"), fullPage: true });
      }
      const { page, context } = await dashboard.signedIn("admin", options);
      for (const [title, go] of Object.entries(pages)) {
        if (only && only !== title) continue;
        await go(page);
        await page.screenshot({ path: name(title), fullPage: true });
      }
      await context.close();
    }
  }
}
console.log(dashboard.complaints);
await dashboard[Symbol.asyncDispose]();
await browser.close();
Deno.exit(0);
