/**
 * `deno task demo`: an incident, and the way back. A HighLevel in miniature has just lost the tokens of all its
 * connections; the worker, in local workerd with local KV, brings them back through its HTTP API. With `--reconnect-removed`, people
 * do: see `reconnect_removed_demo.ts`. With `--keep` the worker stays, to be looked at in its dashboard.
 */
import { createSandbox } from "../src/sandbox/mod.ts";
import { counted } from "../src/worker/counted.ts";
import { keepWorker } from "./keep_worker.ts";
import { freePort } from "./free_port.ts";
import { type DevVars, startLocalWorker } from "./local_worker.ts";
import { reconnectRemovedDemo } from "./reconnect_removed_demo.ts";
import { stopSignal } from "./stop_signal.ts";
import { generateSealingKey } from "../mod.ts";

interface Row {
  readonly connection: string;
  readonly outcome: string;
  readonly by: string;
  readonly traceId: string;
  readonly ms: string;
}

const isKept = Deno.args.includes("--keep");
if (Deno.args.includes("--reconnect-removed")) Deno.exit(await reconnectRemovedDemo({ isKept }) ? 0 : 1);

const ADMIN_KEY = `admin-${crypto.randomUUID()}`;
const isTerminal = Deno.stdout.isTerminal();

const sandbox = createSandbox({ rateLimit: false, latencyMs: 20 });
const world = incident();
const highLevel = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, sandbox.handler);
const signal = stopSignal();
const state = await Deno.makeTempDir({ prefix: "highlevel-demo-" });
let isGood = false;
let isDone = false;
try {
  console.log(
    `A HighLevel in miniature lost the tokens of ${world.targets.length} connections. Starting the worker …`,
  );
  const options = { port: freePort(), state, quiet: true, signal };
  await using worker = await startLocalWorker(settings(), options);
  isGood = await recoverEach(worker.url) && await recoverInBulk(worker.url) && await useToken(worker.url);
  isDone = true;
  console.log(isGood ? "\nEvery connection that could come back is back." : "\nNot as expected: see above.");
  if (isKept) await keepWorker(worker, ADMIN_KEY);
} catch (error) {
  if (!signal.aborted) throw error;
} finally {
  await highLevel.shutdown();
  await Deno.remove(state, { recursive: true }).catch(() => {});
}
if (!isDone) Deno.exit(130);
Deno.exit(isGood ? 0 : 1);

/** 25 connections whose tokens were just lost, and 200 more for the bulk job. */
function incident(): {
  readonly targets: readonly { readonly kind: string; readonly id: string; readonly expected: string }[];
  readonly bulk: readonly { readonly locationId: string }[];
  readonly throughAgency: string;
} {
  const agencies = [1, 2].map((n) => sandbox.addCompany({ name: `Agency ${n}` }));
  const [agency] = agencies;
  const locations = Array.from(
    { length: 20 },
    (_, n) => sandbox.addLocation({ name: `Location ${n + 1}`, installed: true }),
  );
  const paused = sandbox.addLocation({ name: "Paused", installed: true, active: false });
  const uninstalled = sandbox.addLocation({ name: "Uninstalled", installed: false });
  const throughAgency = sandbox.addLocation({
    name: "Only through its agency",
    installed: true,
    ...(agency && { companyId: agency.companyId }),
  });
  // Reconnect does not know this one, as for installations that it never saw; its agency's token mints it.
  sandbox.fault({
    on: ({ url, body }) => url.pathname === "/oauth/reconnect" && body.includes(throughAgency.locationId),
    kind: "status",
    status: 400,
    body: JSON.stringify({ statusCode: 400, message: "App is not installed on this location" }),
    times: Infinity,
  });
  const bulk = Array.from({ length: 200 }, () => sandbox.addLocation({ installed: true }));
  sandbox.loseTokens();
  const location = (expected: string) => ({ locationId: id }: { locationId: string }) => ({
    kind: "location",
    id,
    expected,
  });
  return {
    bulk,
    throughAgency: throughAgency.locationId,
    targets: [
      ...agencies.map(({ companyId: id }) => ({ kind: "company", id, expected: "recovered" })),
      ...locations.map(location("recovered")),
      location("paused")(paused),
      location("reauthorization_required")(uninstalled),
      location("recovered")(throughAgency),
    ],
  };
}

/** One call of `POST /connections/{kind}/{id}/recover` each, then a table. */
async function recoverEach(url: string): Promise<boolean> {
  const rows: Row[] = [];
  const [agency] = sandbox.companyIds();
  let isExpected = true;
  const before = sandbox.counts.total;
  for (const { kind, id, expected } of world.targets) {
    const startedAt = performance.now();
    const query = id === world.throughAgency ? `?companyId=${agency}` : "";
    const body = await call(url, `/connections/${kind}/${id}/recover${query}`, { method: "POST" });
    const outcome = String(body.outcome);
    const by = String(body.by ?? body.code ?? "");
    rows.push({
      connection: `${kind} ${id}`,
      outcome,
      by,
      traceId: String(body.traceId ?? ""),
      ms: (performance.now() - startedAt).toFixed(0),
    });
    isExpected &&= outcome === expected;
    progress(rows.length, world.targets.length);
  }
  console.log("\n");
  console.log(table(rows));
  const outcomes = Object.entries(Object.groupBy(rows, ({ outcome }) => outcome)).map(([name, list]) =>
    `${list?.length} ${name}`
  );
  console.log(`\n${outcomes.join(", ")}; ${sandbox.counts.total - before} requests to HighLevel.`);
  return isExpected;
}

/** A job of 200 more through the queue, and the agency's own locations, which only its token can mint. */
async function recoverInBulk(url: string): Promise<boolean> {
  console.log(`\nNow ${world.bulk.length} more in one job through the queue:`);
  const job = await finish(url, { targets: world.bulk });
  const [companyId] = sandbox.companyIds();
  console.log(`\nAnd what the first agency has installed:`);
  const agency = await finish(url, { companyId, installed: true });
  return job.recovered === world.bulk.length && Number(agency.recovered) > 0 && agency.remaining === 0;
}

async function finish(url: string, body: Record<string, unknown>): Promise<Record<string, unknown>> {
  const startedAt = performance.now();
  let job = await call(url, "/recoveries", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  while (job.status !== "done") {
    await new Promise((resolve) => setTimeout(resolve, 200));
    job = await call(url, `/recoveries/${job.id}`);
    progress(Number(job.total) - Number(job.remaining), Number(job.total));
  }
  const { total, recovered, paused, reauthorization_required: person, failed } = job;
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  console.log(
    `\n${counted(Number(total), "connection")} in ${seconds} s: ${recovered} recovered, ${paused} paused, ` +
      `${person} in need of reauthorization, ${failed} failed.`,
  );
  return job;
}

/** A recovered token opens HighLevel's API. */
async function useToken(url: string): Promise<boolean> {
  const target = world.targets.find(({ kind, expected }) => kind === "location" && expected === "recovered");
  const { access_token: token, expires_in: seconds } = await call(
    url,
    `/connections/location/${target?.id}/token`,
  );
  const response = await fetch(`http://127.0.0.1:${highLevel.addr.port}/locations/${target?.id}`, {
    headers: { Authorization: `Bearer ${token}`, Version: "2021-07-28" },
  });
  await response.body?.cancel();
  console.log(
    `\nA recovered token (good for ${
      (Number(seconds) / 3600).toFixed(1)
    } h) opens HighLevel's API: ${response.status}.`,
  );
  return response.ok;
}

async function call(url: string, path: string, init: RequestInit = {}): Promise<Record<string, unknown>> {
  const headers = new Headers(init.headers);
  headers.set("Authorization", `Bearer ${ADMIN_KEY}`);
  return await (await fetch(url + path, { ...init, headers, signal })).json();
}

function settings(): DevVars {
  return {
    HIGHLEVEL_CLIENT_ID: sandbox.app.clientId,
    HIGHLEVEL_CLIENT_SECRET: sandbox.app.clientSecret,
    HIGHLEVEL_REDIRECT_URI: sandbox.app.redirectUri,
    HIGHLEVEL_SCOPES: sandbox.app.scope,
    HIGHLEVEL_BASE_URL: `http://127.0.0.1:${highLevel.addr.port}`,
    SEALING_KEYS: generateSealingKey(),
    ADMIN_KEY,
  };
}

function progress(done: number, total: number): void {
  const filled = total > 0 ? Math.round(done / total * 30) : 30;
  const line = `  ${"█".repeat(filled)}${"░".repeat(30 - filled)} ${done}/${total}`;
  if (isTerminal) Deno.stdout.writeSync(new TextEncoder().encode(`\r${line}`));
  else if (done === total) console.log(line);
}

function table(rows: readonly Row[]): string {
  const head: Row = { connection: "connection", outcome: "outcome", by: "by", traceId: "trace id", ms: "ms" };
  const columns = ["connection", "outcome", "by", "traceId", "ms"] as const;
  const widths = columns.map((column) => Math.max(...[head, ...rows].map((row) => row[column].length)));
  const format = (row: Row): string =>
    columns.map((column, at) => row[column].padEnd(widths[at] ?? 0)).join("  ").trimEnd();
  return [format(head), widths.map((width) => "─".repeat(width)).join("  "), ...rows.map(format)].join("\n");
}
