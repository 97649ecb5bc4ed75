import { createSandbox } from "../src/sandbox/mod.ts";
import { generateSealingKey } from "../mod.ts";
import type { AgencyPlan } from "../src/worker/directory/agency_plan.ts";
import type { Campaign, MemberPage } from "../src/worker/directory/campaign_api.ts";
import { keepWorker } from "./keep_worker.ts";
import { freePort } from "./free_port.ts";
import { startLocalWorker } from "./local_worker.ts";
import { stopSignal } from "./stop_signal.ts";

/** Locations of each agency, and those that no agency brings back. */
const AGENCIES = [
  { name: "Northwind Agency", locations: 120 },
  { name: "Lakeside Media", locations: 100 },
  { name: "한강 마케팅", locations: 60 },
];
const CUSTOMERS = 20;
/** Requests at once while the world is made. */
const AT_ONCE = 20;

/** Somebody with a link, as the exported file has them. */
interface Person {
  readonly kind: string;
  readonly id: string;
  readonly name: string;
  readonly link: string;
}

/**
 * `deno task demo --reconnect-removed`: HighLevel has removed Reconnect and 300 locations are lost. One export, a click of each agency
 * and one of each customer that no agency brings back. Tells whether all came back; with `isKept` once somebody has ended the worker.
 */
export async function reconnectRemovedDemo({ isKept }: { readonly isKept: boolean }): Promise<boolean> {
  const signal = stopSignal();
  const port = freePort();
  const sandbox = createSandbox({
    rateLimit: false,
    latencyMs: 5,
    app: { redirectUri: `http://127.0.0.1:${port}/oauth/callback` },
  });
  const highLevel = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, sandbox.handler);
  const state = await Deno.makeTempDir({ prefix: "highlevel-demo-" });
  const adminKey = `admin-${crypto.randomUUID()}`;
  const url = `http://127.0.0.1:${highLevel.addr.port}`;
  const settings = {
    HIGHLEVEL_CLIENT_ID: sandbox.app.clientId,
    HIGHLEVEL_CLIENT_SECRET: sandbox.app.clientSecret,
    HIGHLEVEL_REDIRECT_URI: sandbox.app.redirectUri,
    HIGHLEVEL_SCOPES: sandbox.app.scope,
    HIGHLEVEL_BASE_URL: url,
    HIGHLEVEL_MARKETPLACE_URL: url,
    APP_NAME: "Harbour CRM",
    SEALING_KEYS: generateSealingKey(),
    ADMIN_KEY: adminKey,
  };
  try {
    console.log("HighLevel has removed Reconnect. Starting the worker …");
    await using worker = await startLocalWorker(settings, { port, state, quiet: true, signal });
    const call = async (path: string, init: RequestInit = {}): Promise<Response> => {
      const headers = new Headers(init.headers);
      headers.set("Authorization", `Bearer ${adminKey}`);
      return await fetch(worker.url + path, { ...init, headers, signal });
    };
    const isGood = await bringBack({ sandbox, call, workerUrl: worker.url });
    if (isKept) await keepWorker(worker, adminKey);
    return isGood;
  } catch (error) {
    if (!signal.aborted) throw error;
    Deno.exit(130);
  } finally {
    await highLevel.shutdown();
    await Deno.remove(state, { recursive: true }).catch(() => {});
  }
}

interface DemoWorld {
  readonly sandbox: ReturnType<typeof createSandbox>;
  readonly call: (path: string, init?: RequestInit) => Promise<Response>;
  readonly workerUrl: string;
}

async function bringBack(world: DemoWorld): Promise<boolean> {
  const { call } = world;
  const lost = await loseAll(world);
  const plan = await read<AgencyPlan>(await call("/plan"));
  console.log(
    `\nLost: ${plan.locations} locations. ${plan.agencies.length} agencies can bring back ${plan.ways.agency} of them; ` +
      `${plan.ways.person} are left to their own people.`,
  );

  const campaign = await read<Campaign>(await call("/campaigns", json({})));
  const path = `/campaigns/${campaign.id}`;
  const people = peopleIn(await (await call(`${path}.csv`)).text());
  console.log(`One export: ${people.length} links, each with a finished message. The first line:`);
  console.log(`  ${people[0]?.name} → ${people[0]?.link.slice(0, 48)}…\n`);

  const agencies = people.filter(({ kind }) => kind === "company");
  for (const agency of agencies) {
    const before = await backOf(call, path);
    await click(world, agency);
    const locations = plan.agencies.find(({ companyId }) => companyId === agency.id)
      ?.locations ?? 0;
    await until(async () => await backOf(call, path) >= before + locations + 1);
    console.log(`  ${agency.name} clicks once: its ${locations} locations are back.`);
  }
  const customers = people.filter(({ kind }) => kind === "location");
  for (const customer of customers.slice(0, -1)) await click(world, customer);
  await until(async () => await backOf(call, path) >= lost - 1);
  const { members } = await read<MemberPage>(await call(`${path}?which=missing`));
  console.log(`  ${customers.length - 1} customers click once each.`);
  console.log(
    `\nMissing: ${members.map(({ name }) => name).join(", ")}. Somebody gives them a call.`,
  );
  await Promise.all(customers.slice(-1).map((customer) => click(world, customer)));
  await until(async () => (await read<Campaign>(await call(path))).status === "done");
  const back = await totalOf(call, "connected");
  console.log(
    `\nOne export, ${agencies.length} agency clicks, ${customers.length} customer clicks: ` +
      `${back} of ${lost} connections are back (${plan.locations} locations, ${agencies.length} agencies). ` +
      "The campaign has ended by itself.",
  );
  return back === lost && agencies.length === AGENCIES.length && customers.length === CUSTOMERS;
}

/** Puts everybody under management, then loses all their tokens and lets the worker find out. Tells how many they are. */
async function loseAll({ sandbox, call }: DemoWorld): Promise<number> {
  const all: {
    readonly path: string;
    readonly name: string;
    readonly tokens: object;
    readonly target: object;
  }[] = [];
  const add = (target: { companyId: string } | { locationId: string }, name: string): void => {
    const path = "companyId" in target ? `company/${target.companyId}` : `location/${target.locationId}`;
    all.push({ path: `/connections/${path}`, name, tokens: sandbox.install(target), target });
  };
  for (const { name, locations } of AGENCIES) {
    const { companyId } = sandbox.addCompany({ name });
    add({ companyId }, name);
    for (let n = 1; n <= locations; n++) {
      const { locationId } = sandbox.addLocation({ companyId, name: `${name}, shop ${n}` });
      add({ locationId }, `${name}, shop ${n}`);
    }
  }
  for (let n = 1; n <= CUSTOMERS; n++) {
    const { locationId } = sandbox.addLocation({ name: `Customer ${n}` });
    add({ locationId }, `Customer ${n}`);
  }
  for (let at = 0; at < all.length; at += AT_ONCE) {
    await Promise.all(
      all.slice(at, at + AT_ONCE).map(async ({ path, name, tokens }) => {
        const response = await call(path, { ...json({ ...tokens, name }), method: "PUT" });
        if (!response.ok) throw new Error(`${name}: ${await response.text()}`);
      }),
    );
  }
  sandbox.loseTokens();
  sandbox.removeReconnect();
  console.log(`The tokens of ${all.length} connections are dead. The worker tries every way it has …`);
  await call("/recoveries", json({ targets: all.map(({ target }) => target) }));
  await until(async () => await totalOf(call, "reauthorization_required") === all.length);
  return all.length;
}

/** Opens a link, presses its button, and chooses the right account on HighLevel's page. */
async function click({ sandbox, workerUrl }: DemoWorld, { kind, id, name, link }: Person): Promise<void> {
  const begun = await fetch(link, { method: "POST", redirect: "manual" });
  await begun.body?.cancel();
  const page = new URL(begun.headers.get("location") ?? "", workerUrl);
  page.searchParams.set("sandbox_target", `${kind}:${id}`);
  const agreed = await sandbox.fetch(page.href, { redirect: "manual" });
  const back = new URL(agreed.headers.get("location") ?? "");
  const cookies = begun.headers.getSetCookie().map((line) => line.split(";", 1)[0]).join("; ");
  const ended = await fetch(`${workerUrl}${back.pathname}${back.search}`, { headers: { Cookie: cookies } });
  await ended.body?.cancel();
  if (!ended.ok) throw new Error(`${name} could not come back: ${ended.status}`);
}

/** How many of a campaign are back. */
async function backOf(call: DemoWorld["call"], path: string): Promise<number> {
  const { total, missing } = await read<Campaign>(await call(path));
  return total - missing;
}

/** The people of a campaign's file, of which no name has a comma or a quote. */
function peopleIn(csv: string): Person[] {
  const [head = "", ...lines] = csv.split("\r\n").filter((line) => /^(kind|company|location),/.test(line));
  const columns = head.split(",");
  return lines.map((line) => {
    const cells = line.split(",");
    const cell = (name: string): string => cells[columns.indexOf(name)] ?? "";
    return { kind: cell("kind"), id: cell("id"), name: cell("name"), link: cell("link") };
  });
}

/** How many connections are listed with a status. */
async function totalOf(call: DemoWorld["call"], status: string): Promise<number> {
  return (await read<{ total: number }>(await call(`/connections?status=${status}&limit=1`))).total;
}

async function read<T>(response: Response): Promise<T> {
  const text = await response.text();
  if (!response.ok) throw new Error(`The worker answered ${response.status}: ${text}`);
  return JSON.parse(text);
}

function json(body: object): RequestInit {
  return { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
}

/** Waits until `check` is true, at most ten minutes. */
async function until(check: () => Promise<boolean>): Promise<void> {
  for (const endsAt = Date.now() + 600_000; !await check();) {
    if (Date.now() > endsAt) throw new Error("It did not happen within ten minutes.");
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
