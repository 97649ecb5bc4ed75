import assert from "node:assert/strict";
import type { Browser, Page } from "playwright-core";
import { launchChromium } from "../../launch_chromium.ts";
import { chromiumAt } from "../../programs.ts";
import type { WorldOptions } from "../worker_world.ts";
import { type DashboardWorld, startDashboard } from "./dashboard_world.ts";

/** Makes a test of what a browser shows. */
type BrowserTest = (
  name: string,
  run: (dashboard: DashboardWorld) => Promise<void>,
  options?: WorldOptions,
) => void;

/** Makes tests in one real browser, which ends with the file. Each test has profiles of its own. */
export function browserTests(): {
  /** Has a worker of its own. */
  readonly inBrowser: BrowserTest;
  /** Changes nothing: all such tests of the file share a worker. */
  readonly looking: BrowserTest;
} {
  const ignore = chromiumAt() === undefined;
  let browser: Promise<Browser> | undefined;
  let shared: Promise<DashboardWorld> | undefined;
  const start = async (options?: WorldOptions): Promise<DashboardWorld> =>
    await startDashboard({ ...options, browser: await (browser ??= launchChromium()) });
  Deno.test.afterAll(async () => {
    await (await shared)?.[Symbol.asyncDispose]();
    await (await browser)?.close();
  });
  const test = (name: string, fn: () => Promise<void>): void =>
    Deno.test({ name, ignore, sanitizeOps: false, sanitizeResources: false, fn });
  const look = async (run: (dashboard: DashboardWorld) => Promise<void>, dashboard: DashboardWorld) => {
    await run(dashboard);
    assert.deepEqual(dashboard.complaints.splice(0), []); // no page may have complained of anything
    await dashboard.closePages();
  };
  return {
    inBrowser: (name, run, options) =>
      test(name, async () => {
        await using dashboard = await start(options);
        await look(run, dashboard);
      }),
    looking: (name, run) => test(name, async () => await look(run, await (shared ??= start()))),
  };
}

/** Text of `selector`, its white space made plain. */
export async function textOf(page: Page, selector: string): Promise<string> {
  return ((await page.locator(selector).first().textContent()) ?? "").replace(/\s+/g, " ").trim();
}
