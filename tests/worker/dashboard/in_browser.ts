import assert from "node:assert/strict";
import type { Browser, Page } from "playwright-core";
import { launchChromium } from "../../launch_chromium.ts";
import { chromiumAt } from "../../programs.ts";
import { type DashboardWorld, startDashboard } from "./dashboard_world.ts";

/** Makes tests in one real browser, which ends with the file. Each test has a worker and profiles of its own. */
export function browserTests(): (name: string, run: (dashboard: DashboardWorld) => Promise<void>) => void {
  const ignore = chromiumAt() === undefined;
  let browser: Promise<Browser> | undefined;
  Deno.test.afterAll(async () => await (await browser)?.close());
  return (name, run) =>
    Deno.test({
      name,
      ignore,
      sanitizeOps: false,
      sanitizeResources: false,
      fn: async () => {
        await using dashboard = await startDashboard({ browser: await (browser ??= launchChromium()) });
        await run(dashboard);
        assert.deepEqual(dashboard.complaints, []); // no page may have complained of anything
      },
    });
}

/** Text of `selector`, its white space made plain. */
export async function textOf(page: Page, selector: string): Promise<string> {
  return ((await page.locator(selector).first().textContent()) ?? "").replace(/\s+/g, " ").trim();
}
