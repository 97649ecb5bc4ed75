import assert from "node:assert/strict";
import { createSandbox, type Fault, type Sandbox } from "../../src/sandbox/mod.ts";
import { type KillableWorker, killableWorker } from "./killable_worker.ts";
import { assertShowsNone, secretsOf } from "./secrets.ts";
import { Table } from "./table.ts";

interface World {
  readonly worker: KillableWorker;
  readonly sandbox: Sandbox;
}

/** Something a caller of the worker does with the location `id`. */
interface Step {
  readonly name: string;
  readonly on: Fault["on"];
  readonly prepare: (world: World, id: string) => Promise<void>;
  /** Answers a status. */
  readonly run: (world: World, id: string) => Promise<Response>;
  /** Its work goes on after the answer: a call that comes meanwhile waits for that, and ends as it does. */
  readonly goesOn?: true;
}

interface Trouble {
  readonly name: string;
  readonly fault?: Omit<Fault, "on">;
  /** Trouble of the platform. */
  readonly platform?: string;
}

const JSON_TYPE = { "content-type": "application/json" };

const STEPS: readonly Step[] = [
  {
    name: "refresh",
    on: "refresh",
    prepare: expired,
    run: ({ worker }, id) => worker.call(`/connections/location/${id}/token`),
  },
  {
    name: "reconnect",
    on: "reconnect",
    prepare: known,
    run: ({ worker }, id) => worker.call(`/connections/location/${id}/recover`, { method: "POST" }),
  },
  {
    name: "exchange",
    on: "exchange",
    prepare: known,
    run: ({ worker }, id) => worker.call(`/connections/location/${id}/token`),
  },
  {
    name: "proxy",
    on: "any",
    prepare: expired,
    run: ({ worker }, id) =>
      worker.call(`/proxy/location/${id}/locations/${id}`, { headers: { version: "2021-07-28" } }),
  },
  {
    name: "install",
    on: "exchange",
    prepare: known,
    run: async ({ worker, sandbox }, id) => {
      const begun = await worker.call(`/oauth/install?location=${id}`, { key: null });
      const state = new URL(begun.headers.get("location") ?? "").searchParams.get("state") ?? "";
      const [cookie = ""] = (begun.headers.get("set-cookie") ?? "").split(";");
      const code = sandbox.authorize({ locationId: id });
      return await worker.call(`/oauth/callback?state=${state}&code=${code}`, {
        key: null,
        headers: { cookie },
      });
    },
  },
  {
    name: "webhook",
    on: "any",
    goesOn: true,
    prepare: ({ sandbox }, id) => {
      sandbox.addLocation({ locationId: id, companyId: "agency" });
      return Promise.resolve();
    },
    run: async ({ worker, sandbox }, id) => {
      const { body, headers } = await sandbox.signWebhook(sandbox.webhook("INSTALL", { locationId: id }));
      const response = await worker.call("/webhooks/highlevel", { method: "POST", key: null, headers, body });
      await pause(60); // its work is done after the answer
      return response;
    },
  },
  {
    name: "bulk",
    on: "any",
    goesOn: true,
    prepare: expired,
    run: async ({ worker }, id) => {
      const body = JSON.stringify({ targets: [{ locationId: id }] });
      const response = await worker.call("/recoveries", { method: "POST", headers: JSON_TYPE, body });
      await pause(60);
      return response;
    },
  },
];

const TROUBLES: readonly Trouble[] = [
  { name: "reset before the work", fault: { kind: "reset_before", times: 9 } },
  { name: "reset after the work", fault: { kind: "reset_after", times: 2 } },
  { name: "body cut", fault: { kind: "cut_body", times: 2 } },
  { name: "body empty", fault: { kind: "empty", times: 1 } },
  { name: "HTML 502", fault: { kind: "html_502", times: 9 } },
  { name: "HTML 502, work done", fault: { kind: "html_502_after", times: 2 } },
  { name: "500", fault: { kind: "status", status: 500, times: 9 } },
  {
    name: "429 for an hour",
    fault: { kind: "status", status: 429, headers: { "retry-after": "3600" }, times: 9 },
  },
  { name: "wrong JSON types", fault: { kind: "wrong_types", times: 2 } },
  { name: "huge body", fault: { kind: "huge", times: 1 } },
  { name: "duplicate fields", fault: { kind: "duplicate_fields", times: 2 } },
  { name: "redirect", fault: { kind: "redirect", times: 9 } },
  { name: "secrets echoed", fault: { kind: "echo_secrets", times: 4 } },
  { name: "KV get fails", platform: "kv get" },
  { name: "KV put fails", platform: "kv put" },
  { name: "KV list fails", platform: "kv list" },
  { name: "KV delete fails", platform: "kv delete" },
  { name: "KV stale", platform: "kv stale" },
  { name: "storage full", platform: "storage full" },
];

/** A location whose tokens are held and over. */
async function expired({ worker, sandbox }: World, id: string): Promise<void> {
  const tokens = { ...sandbox.install({ locationId: id }), expires_in: 0 };
  sandbox.expireAccessTokens({ locationId: id });
  const response = await worker.call(`/connections/location/${id}`, {
    method: "PUT",
    headers: JSON_TYPE,
    body: JSON.stringify(tokens),
  });
  assert.equal(response.status, 204, await response.text());
}

/** A location that HighLevel knows and the worker does not. */
function known({ sandbox }: World, id: string): Promise<void> {
  sandbox.addLocation({ locationId: id });
  return Promise.resolve();
}

async function setTrouble({ worker }: World, what: string): Promise<number> {
  const response = await worker.call("/__trouble", {
    method: "POST",
    body: JSON.stringify({ what, times: 40 }),
  });
  const { met }: { met: number } = await response.json();
  return met;
}

const table = new Table();
/** Workers side by side: most of the time is pauses between attempts. */
const LANES = 4;

Deno.test("in workerd: after any fault the very next call finds a living token, and nothing shows a secret", async () => {
  const lanes = Array.from({ length: LANES }, (_, lane) => TROUBLES.filter((_, at) => at % LANES === lane));
  await Promise.all(lanes.map(playAll));
  table.print("What the worker answers while a fault is there");
});

/** Plays every step against `troubles` in a worker of its own. */
async function playAll(troubles: readonly Trouble[], lane: number): Promise<void> {
  const sandbox = createSandbox({
    rateLimit: false,
    seed: lane + 1,
    app: { redirectUri: "https://worker.example/oauth/callback" },
    companies: [{ companyId: "agency" }],
  });
  const persist = await Deno.makeTempDir({ prefix: "highlevel-matrix-" });
  const shown: string[] = [];
  try {
    await using worker = await killableWorker({ sandbox, persist, entry: "tests/faults/troubled_entry.ts" });
    const world = { worker, sandbox };
    const agency = await worker.call("/connections/company/agency/recover", { method: "POST" });
    assert.equal(agency.status, 200, await agency.text());
    for (const trouble of troubles) for (const step of STEPS) await play(world, step, trouble, shown);
    const secrets = secretsOf(sandbox).filter((_, at) => at % 3 === 0 || at < 2);
    assertShowsNone([...shown, ...worker.output].join("\n"), secrets, "the worker");
  } finally {
    await Deno.remove(persist, { recursive: true });
  }
}

async function play(world: World, step: Step, trouble: Trouble, shown: string[]): Promise<void> {
  const { worker, sandbox } = world;
  const id = `${step.name}${TROUBLES.indexOf(trouble)}`;
  const where = `${step.name} × ${trouble.name}`;
  await step.prepare(world, id);
  const { fault, platform } = trouble;
  const handle = fault && sandbox.fault({ on: step.on, ...fault });
  if (platform) await setTrouble(world, platform);
  const response = await step.run(world, id);
  const answer = await response.text();
  if (!answer.includes("access_token") && step.name !== "proxy") shown.push(answer); // those may show a token
  const hits = platform ? await setTrouble(world, "none") : handle?.hits ?? 0;
  sandbox.clearFaults();
  if (step.goesOn) await (await worker.call(`/connections/location/${id}/token`)).body?.cancel();

  const next = await worker.call(`/proxy/location/${id}/locations/${id}`, {
    headers: { version: "2021-07-28" },
  });
  const text = await next.text();
  assert.equal(next.status, 200, `${where} (${response.status}): ${text}`);
  const token: Record<string, unknown> = await (await worker.call(`/connections/location/${id}/token`))
    .json();
  assert.ok(sandbox.isLiving(String(token.access_token)), where);
  const described: Record<string, unknown> = await (await worker.call(`/connections/location/${id}`)).json();
  assert.equal(described.status, "connected", where);
  shown.push(JSON.stringify(described));
  table.add(trouble.name, step.name, { got: hits > 0 ? String(response.status) : "–", end: "living" });
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
