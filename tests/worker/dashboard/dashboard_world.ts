import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import { createSandbox } from "../../../src/sandbox/mod.ts";
import { KEYS, startWorld, until, type WorkerWorld, type WorldOptions } from "../worker_world.ts";

/** How long a page may take on a busy machine, ms. */
export const PATIENCE_MS = 180_000;

/** Connections of a world, by what became of them. */
export interface Seeds {
  readonly company: string;
  readonly connected: readonly string[];
  readonly broken: readonly string[];
  readonly paused: string;
  readonly person: string;
}

/** A worker with connections of every status, and the way in. */
export interface DashboardWorld extends AsyncDisposable {
  readonly world: WorkerWorld;
  readonly seeds: Seeds;
  /** Where the worker is. */
  readonly url: string;
  /** A fresh browser profile; what its pages complain about goes into `complaints`. */
  readonly open: (options?: BrowserContextOptions) => Promise<{ context: BrowserContext; page: Page }>;
  /** The same, signed in. */
  readonly signedIn: (
    role?: keyof typeof KEYS,
    options?: BrowserContextOptions,
  ) => Promise<{ context: BrowserContext; page: Page }>;
  /** Ends all profiles and their pages. */
  readonly closePages: () => Promise<void>;
  /** Console errors, uncaught errors and refused loads of every page so far. */
  readonly complaints: string[];
}

/** A name that would run if it were not shown as text. */
export const SCRIPT_NAME = `<script>document.title="owned"</script> & Sons`;

/** What businesses are called. */
export const NAMES = [
  "Alder Dental",
  "Birch & Bloom Florists",
  "Cedar Point Realty",
  "Delta Roofing",
  "Elm Street Fitness",
  "Foxglove Interiors",
  "Granite Legal",
  "Harbor Physio",
  "Iris Optics",
  "Juniper Spa",
  "Kestrel Motors",
  "Lumen Solar",
  "Maple Tutoring",
  "Nimbus HVAC",
  "Oakline Builders",
  "Pine Ridge Vets",
  "Quartz Jewellers",
  "Riverside Plumbing",
  "Saffron Kitchen",
  "Tidal Surf School",
  "Umbra Films",
  "Verdant Landscapes",
  "서울 미소 치과",
  "한강 필라테스",
];

/** Starts a world with about 30 connections. */
export async function startDashboard(
  { browser, ...options }: WorldOptions & { browser: Browser },
): Promise<DashboardWorld> {
  const sandbox = createSandbox({
    seed: 7,
    app: { redirectUri: "https://worker.example/oauth/callback" },
    rateLimit: false,
  });
  const world = await startWorld({ sandbox, ...options });
  const seeds = await seed(world);
  const url = (await world.miniflare.ready).origin;
  const complaints: string[] = [];
  const contexts: BrowserContext[] = [];
  const open: DashboardWorld["open"] = async (contextOptions = {}) => {
    const context = await browser.newContext({ baseURL: url, locale: "en-GB", ...contextOptions });
    context.setDefaultTimeout(PATIENCE_MS);
    contexts.push(context);
    const page = await context.newPage();
    page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
    });
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("requestfailed", (request) => {
      const text = request.failure()?.errorText ?? "failed";
      if (text !== "net::ERR_ABORTED") complaints.push(`${request.url()} ${text}`);
    });
    return { context, page };
  };
  const closePages = async (): Promise<void> => {
    for (const context of contexts.splice(0)) await context.close();
  };
  return {
    world,
    seeds,
    url,
    complaints,
    open,
    signedIn: async (role = "admin", contextOptions) => {
      const opened = await open(contextOptions);
      await signIn(opened.page, KEYS[role]);
      return opened;
    },
    closePages,
    [Symbol.asyncDispose]: async () => {
      await closePages();
      await world[Symbol.asyncDispose]();
    },
  };
}

/** Signs in at `/` with `key`. */
export async function signIn(page: Page, key: string): Promise<void> {
  await page.goto("/");
  await page.locator("#key").fill(key);
  await page.locator("main button").click();
  await page.locator("header nav").waitFor();
  await page.waitForLoadState();
}

/**
 * Lets HighLevel answer again, each time `ms` later, from when the page asks for a bulk recovery: sooner, what is broken would
 * perhaps be healed by itself before that.
 */
export async function answerOnceAsked(page: Page, { sandbox }: WorkerWorld, ms: number): Promise<void> {
  await page.route("**/ui/recoveries", async (route) => {
    sandbox.clearFaults();
    sandbox.fault({ on: "any", kind: "delay", ms, times: Infinity });
    await route.continue();
  }, { times: 1 });
}

async function seed(world: WorkerWorld): Promise<Seeds> {
  const { sandbox } = world;
  const { companyId: company } = sandbox.addCompany({
    companyId: "cAgencyNorth0001",
    name: "Northwind Agency",
  });
  const ids = NAMES.map((_, index) => `loc${"AbCdEfGhJkLmNp".slice(index % 7)}${index}x`);
  const broken = ids.slice(-6, -2);
  // Nobody answers about them, until a test clears that: what is healed by itself is not broken any more. From the first: at any
  // moment the agency tells those that wait for it that it has tokens, and they come back.
  sandbox.fault({
    on: ({ url, body }) => broken.some((id) => url.href.includes(id) || body.includes(id)),
    kind: "status",
    status: 503,
    times: Infinity,
  });
  await put(world, "company", company, sandbox.install({ companyId: company }), "Northwind Agency");
  const add = async (name: string, id: string): Promise<void> => {
    const { locationId } = sandbox.addLocation({ locationId: id, name, companyId: company });
    const { expires_in: seconds, refresh_token: refresh, ...token } = sandbox.install({ locationId });
    // A broken one has expired, and nothing to refresh it with: an unanswered refresh is asked again for 20 s.
    const tokens = broken.includes(id) ? token : { ...token, expires_in: seconds, refresh_token: refresh };
    await put(world, "location", locationId, tokens, name);
  };
  await Promise.all(ids.map((id, index) => add(NAMES[index] ?? id, id)));
  const named = "locScriptName01";
  await add(SCRIPT_NAME, named);
  const connected = [...ids.slice(0, -6), named];
  const [paused = "", person = ""] = ids.slice(-2);
  sandbox.pause(paused);
  await recover(world, paused);
  sandbox.uninstall({ locationId: person });
  await recover(world, person);
  await Promise.all(broken.map((id) => recover(world, id)));
  await until(() =>
    isListed(world, { "": ids.length + 2, broken: broken.length, paused: 1, reauthorization_required: 1 })
  );
  return { company, connected, broken, paused, person };
}

/** Whether the directory has heard of everything: so many connections of each status. */
async function isListed(world: WorkerWorld, counts: Readonly<Record<string, number>>): Promise<boolean> {
  const totals = await Promise.all(
    Object.entries(counts).map(async ([status, count]) =>
      (await world.json(`/connections?${status && `status=${status}`}`)).body.total === count
    ),
  );
  return totals.every(Boolean);
}

async function put(
  world: WorkerWorld,
  kind: string,
  id: string,
  tokens: object,
  name?: string,
): Promise<void> {
  const response = await world.call(`/connections/${kind}/${id}`, {
    method: "PUT",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ ...tokens, ...(name && { name }) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`Seeding ${id}: ${text}`);
}

async function recover(world: WorkerWorld, locationId: string): Promise<void> {
  const response = await world.call(`/connections/location/${locationId}/recover`, { method: "POST" });
  await response.body?.cancel();
}
