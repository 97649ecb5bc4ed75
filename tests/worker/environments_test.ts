import { deepEqual, equal, ok } from "node:assert/strict";
import { createTestHarness, unstable_readConfig } from "wrangler";
import { createSandbox } from "../../src/sandbox/mod.ts";
import { ROOT } from "../project/root.ts";
import { KEYS, SEALING_KEY, until } from "./worker_world.ts";

/*
 * The environments of wrangler.toml: each has every binding, and none shares what two workers of one account could share.
 */

const CONFIG = `${ROOT}/wrangler.toml`;
const { definedEnvironments = [] } = configOf();
const ENVIRONMENTS = [undefined, ...definedEnvironments];

/** What is looked at of a configuration as wrangler reads it. */
interface Config {
  readonly name: string;
  readonly main: string;
  readonly definedEnvironments?: readonly string[];
  readonly kv_namespaces: readonly { readonly binding: string; readonly id?: string }[];
  readonly durable_objects: {
    readonly bindings: readonly { readonly name: string; readonly class_name: string }[];
  };
  readonly migrations: unknown;
  readonly queues: {
    readonly producers: readonly { readonly binding: string; readonly queue: string }[];
    readonly consumers: readonly { readonly queue: string }[];
  };
  readonly ratelimits: readonly {
    readonly name: string;
    readonly namespace_id: string;
    readonly simple: unknown;
  }[];
  readonly assets: unknown;
  readonly triggers: { readonly crons: readonly string[] };
  readonly vars: object;
  readonly routes?: readonly unknown[];
  readonly compatibility_date: string;
  readonly compatibility_flags: readonly string[];
  readonly minify: boolean;
  readonly keep_names: boolean;
  readonly upload_source_maps: boolean;
  readonly observability: unknown;
}

function configOf(env?: string): Config {
  return unstable_readConfig({ config: CONFIG, ...(env !== undefined && { env }) }, { hideWarnings: true });
}

/** What `find` finds, in every environment. */
function inEach<T>(find: (config: Config) => T): T[] {
  return ENVIRONMENTS.map((env) => find(configOf(env)));
}

Deno.test("staging is an environment, and every environment has all that the first has", () => {
  ok(definedEnvironments.includes("staging"));
  const [first, ...others] = inEach((config) => ({
    kv: config.kv_namespaces.map(({ binding }) => binding),
    objects: config.durable_objects.bindings.map((one) => [one.name, one.class_name]),
    migrations: config.migrations,
    producers: config.queues.producers.map(({ binding }) => binding),
    // A consumer per producer, with the same settings.
    consumers: config.queues.producers.map(({ queue }) => {
      const { queue: _name, ...settings } = config.queues.consumers.find((one) => one.queue === queue) ?? {};
      return settings;
    }),
    limits: config.ratelimits.map(({ name, simple }) => ({ name, simple })),
    assets: config.assets,
    crons: config.triggers.crons,
    vars: Object.keys(config.vars),
    main: config.main,
    date: config.compatibility_date,
    flags: config.compatibility_flags,
    isSmall: [config.minify, config.keep_names, config.upload_source_maps],
    observability: config.observability,
  }));
  deepEqual(first?.consumers?.map((settings) => "max_retries" in settings), [true, true]);
  for (const other of others) deepEqual(other, first);
});

Deno.test("Cloudflare keeps the worker's own lines, and none of its own, which would tell URLs with codes and links", () => {
  for (const observability of inEach((config) => Object(config.observability))) {
    const { enabled, invocation_logs } = Object(observability.logs);
    deepEqual([enabled, invocation_logs, observability.redact_query_string], [true, false, true]);
  }
});

Deno.test("no two environments share a name, a queue, a namespace of KV or of limits, or a domain", () => {
  const shared: Record<string, readonly unknown[]> = {
    "the worker's name": inEach(({ name }) => name),
    "queues": inEach(({ queues }) => queues.consumers.map(({ queue }) => queue)).flat(),
    "namespaces of KV": inEach(({ kv_namespaces }) => kv_namespaces.flatMap(({ id }) => id ?? [])).flat(),
    "namespaces of limits": inEach(({ ratelimits }) => ratelimits.map((one) => one.namespace_id)).flat(),
  };
  for (const [what, names] of Object.entries(shared)) {
    deepEqual([...new Set(names)], names, what);
    ok(names.every((name) => name !== ""), what);
  }
  // Wrangler hands routes down: without some of its own staging would take over the first worker's domain.
  for (const env of definedEnvironments) deepEqual(configOf(env).routes, []);
});

Deno.test({
  name: "two environments in one account, of the same app even, do not touch each other's queue and objects",
  sanitizeOps: false, // workerd's process
  sanitizeResources: false,
  fn: async () => {
    // Two HighLevels of the same ids: whatever one worker does for the other shows in the wrong one.
    const sides = ENVIRONMENTS.map((env) => {
      const sandbox = createSandbox({ seed: 7, locations: 12 });
      const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, sandbox.handler);
      return { env, sandbox, server };
    });
    const harness = createTestHarness({
      root: ROOT,
      workers: sides.map(({ env, sandbox, server }) => ({
        configPath: "wrangler.toml",
        ...(env !== undefined && { env }),
        vars: {
          HIGHLEVEL_CLIENT_ID: sandbox.app.clientId,
          HIGHLEVEL_CLIENT_SECRET: sandbox.app.clientSecret,
          HIGHLEVEL_BASE_URL: `http://127.0.0.1:${server.addr.port}`,
          ADMIN_KEY: KEYS.admin,
          SEALING_KEYS: SEALING_KEY,
        },
      })),
    });
    await harness.listen();
    try {
      const workers = sides.map(({ env }) => harness.getWorker(configOf(env).name));
      const call = async (side: number, path: string, body?: unknown) => {
        const response = await workers[side]?.fetch(`http://worker.example${path}`, {
          method: body === undefined ? "GET" : "POST",
          headers: { Authorization: `Bearer ${KEYS.admin}`, "Content-Type": "application/json" },
          ...(body !== undefined && { body: JSON.stringify(body) }),
        });
        const answer: Record<string, unknown> = JSON.parse(await response?.text() ?? "{}");
        return answer;
      };
      const recoverAll = async (side: number) => {
        const targets = sides[side]?.sandbox.locationIds().map((locationId) => ({ locationId }));
        const { id } = await call(side, "/recoveries", { targets });
        let job: Record<string, unknown> = {};
        await until(async () => {
          job = await call(side, `/recoveries/${id}`);
          return job.status === "done";
        });
        return job.recovered;
      };
      const asked = (): number[] => sides.map(({ sandbox }) => sandbox.counts.reconnect);
      const last = sides.length - 1;
      equal(await recoverAll(last), 12);
      deepEqual(asked(), sides.map((_, side) => side === last ? 12 : 0));
      equal((await call(0, "/connections")).total, 0, "the other worker knows nothing of them");
      equal(await recoverAll(0), 12);
      deepEqual(asked().slice(0, 1), [12], "and recovers its own by itself");
    } finally {
      await harness.close();
      for (const { server } of sides) await server.shutdown();
    }
  },
});

for (const env of definedEnvironments) {
  Deno.test(`wrangler deploy --env ${env} builds`, async () => {
    const folder = await Deno.makeTempDir();
    try {
      const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
        args: ["run", "-A", "npm:wrangler", "deploy", "--dry-run", "--env", env, "--outdir", folder],
        cwd: ROOT,
        stdin: "null",
        env: { WRANGLER_SEND_METRICS: "false", CI: "true" },
      }).output();
      const said = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
      equal(code, 0, said);
      ok(!/warning/i.test(said.replaceAll(/\(node:.*\n.*\n/g, "")), said);
      ok((await Deno.stat(`${folder}/main.js`)).size > 0);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}
