import type { Browser, Page } from "playwright-core";
import sharp from "sharp";
import { createSandbox } from "../../../src/sandbox/mod.ts";
import { KEYS, SANDBOX_APP, startWorld, until } from "../worker_world.ts";
import { NAMES, PATIENCE_MS, signIn } from "./dashboard_world.ts";

const SIZE = { width: 1120, height: 500 };
/** The film in each language. */
const FILMS = [
  { locale: "en-GB", path: "docs/incident.webp" },
  { locale: "ko-KR", path: "docs/incident.ko.webp" },
];
/** How long each part is looked at, ms. */
const SHOWN_MS = { lost: 2_600, pressed: 700, counting: 320, done: 1_400, well: 3_200 };
/** So many of the connections are down. */
const LOST = 38;
/** How long HighLevel takes to answer, ms: the bar shall be seen to grow. */
const ANSWER_MS = 900;

interface Frame {
  readonly image: Uint8Array;
  readonly ms: number;
}

/**
 * Films an incident on the real dashboard, in every language at once: connections are down, *Recover all broken* is pressed, the
 * bulk recovery counts, all are back.
 */
export async function filmIncident(browser: Browser): Promise<void> {
  const sandbox = createSandbox({ seed: 7, app: SANDBOX_APP, rateLimit: false });
  await using world = await startWorld({ sandbox });
  const { companyId } = sandbox.addCompany({ name: "Northwind Agency" });
  const names = [...NAMES, ...NAMES.map((name) => `${name}, York`)];
  const put = async (path: string, tokens: object, name: string): Promise<void> => {
    const response = await world.call(`/connections/${path}`, {
      method: "PUT",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ ...tokens, name }),
    });
    if (!response.ok) throw new Error(`${name}: ${await response.text()}`);
    await response.body?.cancel();
  };
  await put(`company/${companyId}`, sandbox.install({ companyId }), "Northwind Agency");
  const ids = await Promise.all(names.map(async (name, index) => {
    const { locationId } = sandbox.addLocation({ name, companyId });
    const { expires_in, refresh_token, ...token } = sandbox.install({ locationId });
    await put(`location/${locationId}`, index < LOST ? token : { ...token, expires_in, refresh_token }, name);
    return locationId;
  }));
  const isDown = async (count: number): Promise<boolean> =>
    (await world.json("/connections?status=broken")).body.total === count;

  sandbox.fault({ on: "any", kind: "status", status: 503, times: Infinity });
  await Promise.all(
    ids.slice(0, LOST).map(async (id) => {
      await (await world.call(`/connections/location/${id}/recover`, { method: "POST" })).body?.cancel();
    }),
  );
  await until(() => isDown(LOST), "the connections are down");

  const baseURL = (await world.miniflare.ready).origin;
  const screens = await Promise.all(FILMS.map(async ({ locale, path }) => {
    const context = await browser.newContext({ baseURL, locale, viewport: SIZE });
    context.setDefaultTimeout(PATIENCE_MS);
    const page = await context.newPage();
    await signIn(page, KEYS.admin);
    return { page, path, frames: [] as Frame[] };
  }));
  const shoot = async (ms: number): Promise<void> => {
    await Promise.all(screens.map(async ({ page, frames }) => {
      frames.push({ image: await page.screenshot(), ms });
    }));
  };
  const each = (act: (page: Page) => Promise<unknown>) => Promise.all(screens.map(({ page }) => act(page)));

  await each((page) => page.goto("/"));
  await shoot(SHOWN_MS.lost);
  await each((page) => page.locator("#now button.primary").hover());
  await shoot(SHOWN_MS.pressed);
  // Not sooner: what HighLevel answers about comes back by itself.
  sandbox.clearFaults();
  sandbox.fault({ on: "any", kind: "delay", ms: ANSWER_MS, times: Infinity });
  const [first] = screens;
  if (!first) return;
  await first.page.locator("#now button.primary").click();
  await first.page.locator("#job").waitFor();
  const job = new URL(first.page.url()).pathname;
  await Promise.all(screens.slice(1).map(({ page }) => page.goto(job)));
  const count = async (name: "done" | "total"): Promise<number> =>
    Number(await first.page.locator(`[data-text="${name}"]`).textContent());
  for (let shown = await count("done"); shown < await count("total");) {
    await shoot(SHOWN_MS.counting);
    await until(async () => await count("done") > shown, "more are done than were shown");
    shown = await count("done");
  }
  await until(() => isDown(0), "none is down");
  await each((page) => page.goto(job));
  await shoot(SHOWN_MS.done);
  await each((page) => page.goto("/"));
  await shoot(SHOWN_MS.well);

  for (const { page, path, frames } of screens) {
    await page.context().close();
    const images = frames.map(({ image }) => image);
    await sharp(images, { join: { animated: true } })
      .webp({
        quality: 80,
        effort: 6,
        minSize: true,
        mixed: true,
        delay: frames.map(({ ms }) => ms),
        loop: 0,
      })
      .toFile(path);
  }
}
