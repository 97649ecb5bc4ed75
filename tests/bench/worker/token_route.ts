import { generateSealingKey } from "../../../mod.ts";
import { createSandbox } from "../../../src/sandbox/mod.ts";
import { duration, rate, times } from "../quantity.ts";
import { median } from "../rounds.ts";
import { row } from "../row.ts";
import { atLeast, type Row } from "../section.ts";
import { bundled } from "../size/bundle.ts";
import { type Load, type LoadGenerator, loadGenerator } from "./load.ts";
import { type Running, running } from "./workerd.ts";

const KEY = "service-key-of-the-benchmark";
const ADMIN_KEY = "admin-key-of-the-benchmark";
const LOCATION = "benchLocation00000000";
const ROUNDS = 7;
const SECONDS = 2;

/** `GET …/token` from KV, next to bare workers. */
export async function tokenRoute(): Promise<{ readonly rows: Row[]; readonly generator: string }> {
  const sealingKey = generateSealingKey();
  const generator = await loadGenerator();
  await using ours = await wholeWorker(sealingKey);
  await using bare = await bareWorker(sealingKey);
  const found = await measured(generator, {
    ours: `${ours.url}/connections/location/${LOCATION}/token`,
    plain: `${bare.url}/plain`,
    sealed: `${bare.url}/sealed`,
  });
  const rows = [
    ratesOf("bare worker: bearer key, one KV value, answer", found.ours, found.plain, 0.8),
    ratesOf("the same, its value sealed", found.ours, found.sealed),
    p99Of("bare worker", found.ours, found.plain),
    p99Of("the same, its value sealed", found.ours, found.sealed),
  ];
  return { rows, generator: generator.name };
}

/** Load on each URL in turn, the order turned around each round. */
async function measured<Name extends string>(
  generator: LoadGenerator,
  urls: Readonly<Record<Name, string>>,
): Promise<Record<Name, Load[]>> {
  const names = Object.keys(urls).filter((name): name is Name => name in urls);
  const found: Partial<Record<Name, Load[]>> = {};
  for (const name of names) await generator.run(urls[name], KEY, 2); // warms up
  for (let round = 0; round < ROUNDS; round++) {
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      (found[name] ??= []).push(await generator.run(urls[name], KEY, SECONDS));
    }
  }
  const isWhole = (all: Partial<Record<Name, Load[]>>): all is Record<Name, Load[]> =>
    names.every((name) => all[name]?.length === ROUNDS);
  if (!isWhole(found)) throw new Error("a worker was not measured");
  return found;
}

function ratesOf(against: string, ours: readonly Load[], reference: readonly Load[], goal?: number): Row {
  const ratio = median(ours.map(({ perSecond }, at) => perSecond / (reference[at]?.perSecond ?? NaN)));
  return row("GET …/token from KV", {
    value: median(ours.map(({ perSecond }) => perSecond)),
    reference: median(reference.map(({ perSecond }) => perSecond)),
    against,
    ratio,
    show: rate,
    ...(goal !== undefined && { verdict: atLeast(ratio, goal, times) }),
  });
}

function p99Of(against: string, ours: readonly Load[], reference: readonly Load[]): Row {
  return row("…, p99", {
    value: median(ours.map(({ p99Ms }) => p99Ms)),
    reference: median(reference.map(({ p99Ms }) => p99Ms)),
    against,
    ratio: median(ours.map(({ p99Ms }, at) => p99Ms / (reference[at]?.p99Ms ?? NaN))),
    show: duration,
  });
}

/** The worker as it is deployed, with one living connection. */
async function wholeWorker(sealingKey: string): Promise<Running> {
  const sandbox = createSandbox();
  const { clientId, clientSecret } = sandbox.app;
  const code = await bundled({
    source: `export * from "./src/worker/main.ts"; export { default } from "./src/worker/main.ts"`,
    external: ["cloudflare:workers"],
  });
  const worker = await running(new TextDecoder().decode(code), {
    HIGHLEVEL_CLIENT_ID: clientId,
    HIGHLEVEL_CLIENT_SECRET: clientSecret,
    SEALING_KEYS: sealingKey,
    ADMIN_KEY,
    SERVICE_KEY: KEY,
    VIEWER_KEY: "viewer-key-of-the-benchmark",
  }, true);
  const saved = await fetch(`${worker.url}/connections/location/${LOCATION}`, {
    method: "PUT",
    headers: { Authorization: `Bearer ${ADMIN_KEY}`, "Content-Type": "application/json" },
    body: JSON.stringify(sandbox.install({ locationId: LOCATION })),
  });
  if (saved.status !== 204) throw new Error(`the import was answered ${saved.status}: ${await saved.text()}`);
  return worker;
}

/** The bare worker, with the answer of the same token in its KV. */
async function bareWorker(sealingKey: string): Promise<Running> {
  const code = await bundled({ source: `export { default } from "./tests/bench/worker/bare_worker.ts"` });
  const worker = await running(new TextDecoder().decode(code), { KEY, SEALING_KEY: sealingKey }, false);
  const answer = createSandbox().install({ locationId: LOCATION });
  const { access_token, token_type, expires_in, scope } = answer;
  await worker.put("plain", JSON.stringify({ access_token, token_type, expires_in, scope }));
  await worker.put("sealed", await seal(JSON.stringify(answer), sealingKey));
  return worker;
}

async function seal(text: string, sealingKey: string): Promise<string> {
  const raw = Uint8Array.fromBase64(sealingKey);
  const key = await crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt"]);
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const bytes = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, new TextEncoder().encode(text));
  return new Uint8Array([...iv, ...new Uint8Array(bytes)]).toBase64();
}
