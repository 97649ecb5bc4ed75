import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { build, type BuildOptions, stop } from "esbuild";
import { ROOT } from "./root.ts";

const KIB = 1024;

/** A worker's bundle as wrangler makes it. */
const FOR_WORKERD: BuildOptions = {
  target: "es2024",
  conditions: ["workerd", "worker", "browser"],
  external: ["cloudflare:workers"],
  jsx: "automatic",
  jsxImportSource: "hono/jsx",
};

/**
 * No bundle may grow beyond its limit. A limit goes up only for what would lose a token otherwise, leave people
 * without an answer on the day of an incident, or make the call that happens nearly always many times slower; "the core" is every store at once,
 * which nobody loads.
 */
const LIMITS = [
  { what: "the core", source: `export * from "./mod.ts"`, goal: 10 * KIB, limit: 29.9 * KIB, options: {} },
  {
    what: "reconnect and exchangeCode alone",
    source: `export { exchangeCode, reconnect } from "./mod.ts"`,
    goal: 3 * KIB,
    limit: 5.4 * KIB,
    options: {},
  },
  {
    what: "verifyWebhook alone",
    source: `export { verifyWebhook } from "./src/webhooks/mod.ts"`,
    goal: 2.2 * KIB,
    limit: 2.4 * KIB,
    options: {},
  },
  {
    what: "Connections over a MemoryStore",
    source:
      `export { Connections } from "./src/connections/mod.ts"; export { MemoryStore } from "./src/stores/memory_store.ts"`,
    goal: 13 * KIB,
    limit: 20.4 * KIB,
    options: {},
  },
  {
    what: "the client of a worker",
    source: `export { createClient } from "./src/client/mod.ts"`,
    goal: 10 * KIB,
    limit: 12.3 * KIB,
    options: {},
  },
  {
    what: "the worker, static files apart,",
    source: `export * from "./src/worker/main.ts"; export { default } from "./src/worker/main.ts"`,
    goal: 96 * KIB,
    limit: 154.4 * KIB,
    options: FOR_WORKERD,
  },
];

for (const { what, source, goal, limit, options } of LIMITS) {
  Deno.test(`${what} stays under ${limit / KIB} KiB minified and gzipped`, async () => {
    const bytes = await bundledSize(source, options);
    console.log(`${what}: ${bytes} bytes (${(bytes / KIB).toFixed(2)} KiB; the goal is ${goal / KIB} KiB)`);
    assert.ok(bytes > 1_000, "the bundle is empty: the measurement is wrong");
    assert.ok(bytes <= limit, `${bytes} bytes`);
  });
}

Deno.test.afterAll(stop);

async function bundledSize(contents: string, options: BuildOptions): Promise<number> {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: ROOT, loader: "ts" },
    bundle: true,
    minify: true,
    format: "esm",
    ...options,
    write: false,
  });
  return gzipSync(outputFiles?.[0]?.contents ?? "", { level: 9 }).byteLength;
}
