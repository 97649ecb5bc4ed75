const KIB = 1024;

/** A part of this project that somebody loads. */
export interface OurBundle {
  /** What it is called. */
  readonly what: string;
  /** Its entry, as code that imports from the repository. */
  readonly source: string;
  /** What it is meant to weigh at most, minified and gzipped, bytes. */
  readonly goal: number;
  /** Whether it runs in workerd, which brings modules of its own. */
  readonly isWorker?: boolean;
}

/** What is weighed. */
export const OUR_BUNDLES = [
  { what: "the core", source: `export * from "./mod.ts"`, goal: 10 * KIB },
  {
    what: "reconnect and exchangeCode alone",
    source: `export { exchangeCode, reconnect } from "./mod.ts"`,
    goal: 4.1 * KIB,
  },
  {
    what: "verifyWebhook alone",
    source: `export { verifyWebhook } from "./src/webhooks/mod.ts"`,
    goal: 2.2 * KIB,
  },
  {
    what: "Connections over a MemoryStore",
    source:
      `export { Connections } from "./src/connections/mod.ts"; export { MemoryStore } from "./src/stores/memory_store.ts"`,
    goal: 13 * KIB,
  },
  {
    what: "the client of a worker",
    source: `export { createClient } from "./src/client/mod.ts"`,
    goal: 10 * KIB,
  },
  {
    what: "the worker, static files apart,",
    source: `export * from "./src/worker/main.ts"; export { default } from "./src/worker/main.ts"`,
    goal: 96 * KIB,
    isWorker: true,
  },
] as const satisfies readonly OurBundle[];
