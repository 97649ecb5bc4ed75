import assert from "node:assert/strict";
import { type Miniflare, type Request as MiniflareRequest, Response as MiniflareResponse } from "miniflare";
import type { Sandbox } from "../../src/sandbox/mod.ts";
import { startWorkerd } from "../worker/start_workerd.ts";
import { bundle, KEYS, SEALING_KEY } from "../worker/worker_world.ts";
import { listenerOf, ownWorkerds } from "./workerd_process.ts";

/** The worker in real workerd with its state on disk, which can be killed and started again. HighLevel lives on. */
export interface KillableWorker extends AsyncDisposable {
  /** The running workerd. */
  readonly pid: number;
  /** Calls it as an admin, or as the holder of `key`; `null` sends none. */
  readonly call: (path: string, init?: RequestInit & { readonly key?: string | null }) => Promise<Response>;
  /** Where it answers. */
  readonly url: URL;
  /** Ends workerd at once, as a power cut does (SIGKILL). */
  readonly kill: () => Promise<void>;
  /** Starts it again on what is on disk. */
  readonly start: () => Promise<void>;
  /** Everything workerd wrote, and what it sent to the alert webhook. */
  readonly output: string[];
}

/** Options of {@linkcode killableWorker}. */
export interface KillableWorkerOptions {
  readonly sandbox: Sandbox;
  /** Folder of the state. */
  readonly persist: string;
  /** The module to run, below the project's root. */
  readonly entry: string;
  /** Told the address of each request that leaves the worker, alerts excepted. */
  readonly onRequest?: (url: string) => void;
  /** Variables besides the usual ones. */
  readonly variables?: Readonly<Record<string, string>>;
}

const SITE = "https://highlevel.example";
/** HighLevel's base URL for this worker: with a path, so that what climbs out of it shows. */
export const BASE: string = `${SITE}/base`;

/** Starts the worker. */
export async function killableWorker(options: KillableWorkerOptions): Promise<KillableWorker> {
  const { sandbox, persist, entry, onRequest, variables = {} } = options;
  const script = await bundle(new URL(`../../${entry}`, import.meta.url).pathname);
  const bindings = {
    HIGHLEVEL_CLIENT_ID: sandbox.app.clientId,
    HIGHLEVEL_CLIENT_SECRET: sandbox.app.clientSecret,
    HIGHLEVEL_REDIRECT_URI: sandbox.app.redirectUri,
    HIGHLEVEL_SCOPES: sandbox.app.scope,
    HIGHLEVEL_BASE_URL: BASE,
    HIGHLEVEL_WEBHOOK_PUBLIC_KEY: await sandbox.webhookPublicKey(),
    SEALING_KEYS: SEALING_KEY,
    ADMIN_KEY: KEYS.admin,
    SERVICE_KEY: KEYS.service,
    VIEWER_KEY: KEYS.viewer,
    ALERT_WEBHOOK_URL: "https://alerts.example/hook",
    ...variables,
  };
  const output: string[] = [];
  const outbound = async (request: MiniflareRequest): Promise<MiniflareResponse> => {
    const body = request.body ? await request.arrayBuffer() : undefined;
    const { hostname } = new URL(request.url);
    if (hostname === "alerts.example") {
      output.push(new TextDecoder().decode(body));
      return new MiniflareResponse("ok");
    }
    onRequest?.(request.url);
    const url = request.url.startsWith(BASE) ? request.url.replace(BASE, SITE) : request.url;
    const init = { method: request.method, headers: [...request.headers], ...(body && { body }) };
    const answer = await sandbox.handler(new Request(url, init));
    return new MiniflareResponse(answer.body && await answer.arrayBuffer(), {
      status: answer.status,
      headers: [...answer.headers],
    });
  };
  const begin = (): Miniflare =>
    startWorkerd(script, {
      bindings,
      outboundService: outbound,
      resourcePersistencePath: persist,
      handleStructuredLogs: ({ message }) => void output.push(message),
    });

  let miniflare: Miniflare | undefined;
  let pid = 0;
  let url = new URL("http://127.0.0.1");
  const start = async (): Promise<void> => {
    miniflare = begin();
    url = await miniflare.ready;
    pid = listenerOf(Number(url.port), ownWorkerds());
    assert.ok(pid > 0, "workerd is no child of this process");
  };
  const stop = async (): Promise<void> => {
    await miniflare?.dispose();
    miniflare = undefined;
  };
  await start();
  return {
    get pid() {
      return pid;
    },
    get url() {
      return url;
    },
    output,
    call: async (path, { key = KEYS.admin, ...init } = {}) => {
      const headers = new Headers(init.headers);
      if (key !== null) headers.set("Authorization", `Bearer ${key}`);
      return await fetch(new URL(path, url), { redirect: "manual", ...init, headers });
    },
    kill: async () => {
      Deno.kill(pid, "SIGKILL");
      await stop();
    },
    start,
    [Symbol.asyncDispose]: stop,
  };
}
