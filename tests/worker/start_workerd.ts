import { fileURLToPath } from "node:url";
import {
  convertV4MiniflareOptions,
  Miniflare,
  type V4SharedOptions,
  type V4WorkerOptionsShape,
} from "miniflare";

/** The worker's static files, read by the worker alone. */
export const ASSETS = {
  directory: fileURLToPath(new URL("../../src/worker/assets", import.meta.url)),
  run_worker_first: true,
  routerConfig: { has_user_worker: true },
} as const;

/** Runs `script` in local workerd with the bindings of wrangler.toml; `options` adds to them, or replaces some. */
export function startWorkerd(
  script: string,
  options: V4SharedOptions & V4WorkerOptionsShape,
): Miniflare {
  return new Miniflare(convertV4MiniflareOptions({
    modules: [{ type: "ESModule", path: "worker.js", contents: script }],
    compatibilityDate: "2026-11-17",
    cf: false, // asks nobody where this machine is
    kvNamespaces: ["TOKENS"],
    durableObjects: {
      CONNECTIONS: { className: "ConnectionObject", useSQLite: true },
      JOBS: { className: "RecoveryJob", useSQLite: true },
      DIRECTORY: { className: "DirectoryObject", useSQLite: true },
      EVENT_ENDPOINTS: { className: "EventEndpoint", useSQLite: true },
    },
    queueProducers: { RECOVERIES: "recoveries", EVENTS: "events" },
    queueConsumers: {
      "recoveries": { maxBatchSize: 10, maxBatchTimeout: 0, maxRetries: 5 },
      "events": { maxBatchSize: 50, maxBatchTimeout: 0, maxRetries: 100 },
    },
    assets: { ...ASSETS, binding: "ASSETS" },
    ...options,
  }));
}
