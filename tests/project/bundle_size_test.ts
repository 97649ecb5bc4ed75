import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { build, type BuildOptions, stop } from "esbuild";
import { OUR_BUNDLES, type OurBundle } from "../bench/size/our_bundles.ts";
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
 * without an answer on the day of an incident, or make the call that happens nearly always many times slower. "The core" is every
 * store at once, which nobody loads.
 */
const LIMITS: Readonly<Record<typeof OUR_BUNDLES[number]["what"], number>> = {
  "the core": 30 * KIB,
  "reconnect and exchangeCode alone": 5.4 * KIB,
  "verifyWebhook alone": 2.4 * KIB,
  "Connections over a MemoryStore": 20.5 * KIB,
  "the client of a worker": 12.3 * KIB,
  "the worker, static files apart,": 155.1 * KIB,
};

for (const bundle of OUR_BUNDLES) {
  const { what, source, goal, isWorker }: OurBundle = bundle;
  const limit = LIMITS[bundle.what];
  Deno.test(`${what} stays under ${limit / KIB} KiB minified and gzipped`, async () => {
    const bytes = await bundledSize(source, isWorker ? FOR_WORKERD : {});
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
