import * as esbuild from "esbuild";
import {
  convertV4MiniflareOptions,
  Miniflare,
  type Request as MiniflareRequest,
  Response as MiniflareResponse,
} from "miniflare";
import { createSandbox } from "../../src/sandbox/mod.ts";

/** Keys of the worker under test. */
export const KEYS = {
  admin: "admin-key-0123456789",
  service: "service-key-0123456789",
  viewer: "viewer-key-0123456789",
} as const;
/** A fixed sealing key, so that a restart opens what was sealed before. */
export const SEALING_KEY = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";

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
}

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
}

let bundles: Map<string, Promise<string>> | undefined;

/** The worker's bundle as wrangler would make it. */
export function bundle(entry: string): Promise<string> {
  bundles ??= new Map();
  let text = bundles.get(entry);
  if (!text) {
    text = esbuild.build({
      entryPoints: [entry],
      bundle: true,
      write: false,
      format: "esm",
      target: "es2024",
      external: ["cloudflare:workers"],
      jsx: "automatic",
      jsxImportSource: "hono/jsx",
      conditions: ["workerd", "worker", "browser"],
    }).then(async ({ outputFiles }) => {
      await esbuild.stop();
      return outputFiles[0]?.text ?? "";
    });
    bundles.set(entry, text);
  }
  return text;
}

/** Starts a world. */
export async function startWorld(options: WorldOptions = {}): Promise<WorkerWorld> {
  const {
    sandbox = createSandbox({ app: { redirectUri: "https://worker.example/oauth/callback" } }),
    variables = {},
    entry = "src/worker/main.ts",
    persist,
  } = options;
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
    new Miniflare(convertV4MiniflareOptions({
      modules: [{ type: "ESModule", path: "worker.js", contents: script }],
      compatibilityDate: "2026-10-20",
      bindings,
      kvNamespaces: ["TOKENS"],
      durableObjects: {
        CONNECTIONS: { className: "ConnectionObject", useSQLite: true },
        JOBS: { className: "RecoveryJob", useSQLite: true },
        ACTIVITY: { className: "ActivityObject", useSQLite: true },
      },
      queueProducers: { RECOVERIES: "recoveries" },
      queueConsumers: {
        "recoveries": {
          maxBatchSize: 10,
          maxBatchTimeout: 0,
          maxRetries: 5,
          deadLetterQueue: "recoveries-dead",
        },
        "recoveries-dead": { maxBatchSize: 10, maxBatchTimeout: 0 },
      },
      outboundService: outbound,
      ...(persist ? { kvPersist: `${persist}/kv`, durableObjectsPersist: `${persist}/do` } : {}),
    }));
  let miniflare = start();
  let url = await miniflare.ready;
  const call: WorkerWorld["call"] = async (path, { key = KEYS.admin, ...init } = {}) => {
    const headers = new Headers(init.headers);
    if (key !== null) headers.set("Authorization", `Bearer ${key}`);
    return await fetch(new URL(path, url), { redirect: "manual", ...init, headers });
  };
  return {
    sandbox,
    alerts,
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
    },
    [Symbol.asyncDispose]: async () => await miniflare.dispose(),
  };
}
