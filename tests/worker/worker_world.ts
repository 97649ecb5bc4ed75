import { type Miniflare, type Request as MiniflareRequest, Response as MiniflareResponse } from "miniflare";
import { createSandbox } from "../../src/sandbox/mod.ts";
import { sharedByRun } from "../shared_by_run.ts";
import { until } from "../until.ts";
import { ASSETS, startWorkerd } from "./start_workerd.ts";

export { until };

/** Keys of the worker under test. */
export const KEYS = {
  admin: "admin-key-0123456789",
  service: "service-key-0123456789",
  viewer: "viewer-key-0123456789",
} as const;
/** A fixed sealing key, so that a restart opens what was sealed before. */
export const SEALING_KEY = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";

/** The app of most worlds. */
export const SANDBOX_APP = { redirectUri: "https://worker.example/oauth/callback" } as const;

type Sandbox = ReturnType<typeof createSandbox>;

/** A HighLevel in miniature and the worker in real workerd in front of it. */
export interface WorkerWorld extends AsyncDisposable {
  /** HighLevel. */
  readonly sandbox: Sandbox;
  /** What the worker sent elsewhere: alerts. */
  readonly alerts: Record<string, unknown>[];
  /** Calls the worker as the holder of a key; `null` sends none. */
  readonly call: (path: string, init?: RequestInit & { key?: string | null }) => Promise<Response>;
  /** Calls it and reads the JSON. */
  readonly json: (
    path: string,
    init?: RequestInit & { key?: string | null },
  ) => Promise<{ status: number; body: Record<string, unknown> }>;
  /** The running workerd. */
  readonly miniflare: Miniflare;
  /** Ends workerd and starts it again on the same state. */
  readonly restart: () => Promise<void>;
  /** Lines of JSON that the worker logged. */
  readonly logs: string[];
  /** Uses a handle of `test_entry.ts`. */
  readonly handle: (name: string, body?: Record<string, unknown>) => Promise<unknown>;
  /** Moves the worker's clock forward; alarms do not follow. A sandbox made with `worldClock` follows. */
  readonly advance: (ms: number) => Promise<void>;
  /** Rows of an object's SQLite. */
  readonly sql: (
    name: string,
    query: string,
    values?: readonly (string | number)[],
    of?: ObjectKind,
  ) => Promise<Record<string, unknown>[]>;
  /** Lets an object's alarm ring now. */
  readonly ring: (name: string, of?: ObjectKind) => Promise<void>;
}

const realNow = Date.now;
/** A clock that {@linkcode WorkerWorld.advance} moves. `movedMs` is by how much it was moved last: a request on its way then was sent before. */
export const worldClock: { offsetMs: number; movedMs: number; readonly now: () => number } = {
  offsetMs: 0,
  movedMs: 0,
  now: () => realNow() + worldClock.offsetMs,
};

/** Which object a handle is for; one of the first edition has no app's id in its name. */
export type ObjectKind =
  | "connection"
  | "job"
  | "directory"
  | "endpoint"
  | "first edition"
  | "first edition job";

/** Options of {@linkcode startWorld}. */
export interface WorldOptions {
  /** HighLevel; a fresh one by default. */
  readonly sandbox?: Sandbox;
  /** Variables besides the usual ones. `undefined` removes one. */
  readonly variables?: Record<string, string | undefined>;
  /** The module to run. */
  readonly entry?: string;
  /** Keeps state here across restarts. */
  readonly persist?: string;
  /** Answers requests of the worker in the sandbox's place, as they stream; `undefined` leaves one to the sandbox. */
  readonly upstream?: (request: Request) => Response | Promise<Response> | undefined;
  /** Lets the worker's requests go to the network. */
  readonly direct?: boolean;
  /** Gives the bindings and settings other names, as `mounted_entry.ts` expects them. */
  readonly host?: boolean;
  /** `false` leaves out the binding of the static files. */
  readonly assets?: boolean;
  /** Limits of a minute, by the names of their bindings. @default none */
  readonly limits?: Readonly<Partial<Record<"WRONG_KEYS" | "REFUSED_CODES" | "KEY_REQUESTS", number>>>;
  /** Where the worker answers, on loopback. @default any free port */
  readonly port?: number;
}

/** Bindings under the names that `mounted_entry.ts` gives them. */
const HOST_NAMES = {
  kvNamespaces: ["HL_TOKENS"],
  durableObjects: {
    HL_CONNECTIONS: { className: "ConnectionObject", useSQLite: true },
    HL_JOBS: { className: "RecoveryJob", useSQLite: true },
    HL_DIRECTORY: { className: "DirectoryObject", useSQLite: true },
    HL_EVENT_ENDPOINTS: { className: "EventEndpoint", useSQLite: true },
  },
  queueProducers: { HL_QUEUE: "recoveries", HL_EVENTS: "events" },
  assets: { ...ASSETS, binding: "HL_ASSETS" },
};

/** The worker with handles for tests. */
export const TEST_ENTRY = "tests/worker/test_entry.ts";

let bundles: Map<string, Promise<string>> | undefined;

/** The worker's bundle as wrangler would make it; made once in a run of `deno task test`. */
export function bundle(entry: string): Promise<string> {
  bundles ??= new Map();
  let text = bundles.get(entry);
  if (!text) {
    text = sharedByRun(entry, async (path) => await Deno.writeTextFile(path, await makeBundle(entry)))
      .then((path) => path === undefined ? makeBundle(entry) : Deno.readTextFile(path));
    bundles.set(entry, text);
  }
  return text;
}

async function makeBundle(entry: string): Promise<string> {
  const esbuild = await import("esbuild");
  const { outputFiles } = await esbuild.build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: "esm",
    target: "es2024",
    external: ["cloudflare:workers"],
    jsx: "automatic",
    jsxImportSource: "hono/jsx",
    conditions: ["workerd", "worker", "browser"],
  });
  await esbuild.stop();
  return outputFiles[0]?.text ?? "";
}

/** Starts a world. */
export async function startWorld(options: WorldOptions = {}): Promise<WorkerWorld> {
  const {
    sandbox = createSandbox({ app: SANDBOX_APP }),
    variables = {},
    entry = "src/worker/main.ts",
    persist,
    upstream,
    direct = false,
    host = false,
    assets = true,
    limits = {},
    port = 0,
  } = options;
  const logs: string[] = [];
  const alerts: Record<string, unknown>[] = [];
  const script = await bundle(new URL(`../../${entry}`, import.meta.url).pathname);
  const webhookKey = await sandbox.webhookPublicKey();
  const bindings: Record<string, string> = {};
  const all: Record<string, string | undefined> = {
    HIGHLEVEL_CLIENT_ID: sandbox.app.clientId,
    HIGHLEVEL_CLIENT_SECRET: sandbox.app.clientSecret,
    HIGHLEVEL_REDIRECT_URI: sandbox.app.redirectUri,
    HIGHLEVEL_SCOPES: sandbox.app.scope,
    HIGHLEVEL_BASE_URL: "https://highlevel.example",
    HIGHLEVEL_WEBHOOK_PUBLIC_KEY: webhookKey,
    SEALING_KEYS: SEALING_KEY,
    ADMIN_KEY: KEYS.admin,
    SERVICE_KEY: KEYS.service,
    VIEWER_KEY: KEYS.viewer,
    ALERT_WEBHOOK_URL: "https://alerts.example/hook",
    ...variables,
  };
  for (const [name, value] of Object.entries(all)) if (value !== undefined) bindings[name] = value;
  const outbound = async (request: MiniflareRequest): Promise<MiniflareResponse> => {
    if (upstream) {
      const streaming = {
        method: request.method,
        headers: [...request.headers],
        ...(request.body && { body: request.body, duplex: "half" }),
      };
      const answer = await upstream(new Request(request.url, streaming));
      if (answer) {
        return new MiniflareResponse(answer.body, { status: answer.status, headers: [...answer.headers] });
      }
    }
    const body = request.body ? await request.arrayBuffer() : undefined;
    if (new URL(request.url).hostname === "alerts.example") {
      alerts.push(JSON.parse(new TextDecoder().decode(body)));
      return new MiniflareResponse("ok");
    }
    const init = { method: request.method, headers: [...request.headers], ...(body && { body }) };
    const answer = await sandbox.handler(new Request(request.url, init));
    return new MiniflareResponse(answer.body && await answer.arrayBuffer(), {
      status: answer.status,
      headers: [...answer.headers],
    });
  };
  const start = (): Miniflare =>
    startWorkerd(script, {
      bindings: host ? { HL: bindings } : bindings,
      ...(host && HOST_NAMES),
      ...(!assets && { assets: ASSETS }),
      ...(direct ? {} : { outboundService: outbound }),
      port,
      ratelimits: Object.fromEntries(
        Object.entries(limits).map((
          [name, limit],
        ) => [name, { namespace_id: name, simple: { limit, period: 60 } }]),
      ),
      handleStructuredLogs: ({ message }) => void logs.push(message),
      ...(persist !== undefined && { resourcePersistencePath: persist }),
    });
  let miniflare = start();
  let url = await miniflare.ready;
  const call: WorkerWorld["call"] = async (path, { key = KEYS.admin, ...init } = {}) => {
    const headers = new Headers(init.headers);
    if (key !== null) headers.set("Authorization", `Bearer ${key}`);
    return await fetch(new URL(path, url), { redirect: "manual", ...init, headers });
  };
  const handle: WorkerWorld["handle"] = async (name, body = {}) => {
    const response = await fetch(new URL(`/__test/${name}`, url), {
      method: "POST",
      body: JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${name}: ${response.status} ${text.slice(0, 500)}`);
    return JSON.parse(text);
  };
  const setClock = async (): Promise<void> => void await handle("clock", { offsetMs: worldClock.offsetMs });
  if (entry === TEST_ENTRY && worldClock.offsetMs) await setClock();
  return {
    sandbox,
    alerts,
    logs,
    handle,
    advance: async (ms) => {
      worldClock.movedMs = ms;
      worldClock.offsetMs += ms;
      await setClock();
    },
    sql: async (name, query, values = [], of = "connection") => {
      const rows = await handle("sql", { name, query, values, of });
      return Array.isArray(rows) ? rows : [];
    },
    ring: async (name, of = "connection") => void await handle("alarm", { name, of }),
    call,
    json: async (path, init) => {
      const response = await call(path, init);
      const text = await response.text();
      return { status: response.status, body: text ? JSON.parse(text) : {} };
    },
    get miniflare() {
      return miniflare;
    },
    restart: async () => {
      await miniflare.dispose();
      miniflare = start();
      url = await miniflare.ready;
      if (entry === TEST_ENTRY && worldClock.offsetMs) await setClock();
    },
    [Symbol.asyncDispose]: async () => await miniflare.dispose(),
  };
}
