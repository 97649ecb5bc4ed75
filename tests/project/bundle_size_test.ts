import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { build, stop } from "esbuild";
import { ROOT } from "./root.ts";

const KIB = 1024;

/** No bundle may grow beyond its limit; a limit only ever goes down, until it meets the goal. */
const LIMITS = [
  { what: "the core", source: `export * from "./mod.ts"`, goal: 10 * KIB, limit: 14.875 * KIB },
  {
    what: "reconnect and exchangeCode alone",
    source: `export { exchangeCode, reconnect } from "./mod.ts"`,
    goal: 3 * KIB,
    limit: 4 * KIB,
  },
];

for (const { what, source, goal, limit } of LIMITS) {
  Deno.test(`${what} stays under ${limit / KIB} KiB minified and gzipped`, async () => {
    const bytes = await bundledSize(source);
    console.log(`${what}: ${bytes} bytes (${(bytes / KIB).toFixed(2)} KiB; the goal is ${goal / KIB} KiB)`);
    assert.ok(bytes > 1_000, "the bundle is empty: the measurement is wrong");
    assert.ok(bytes <= limit, `${bytes} bytes`);
  });
}

Deno.test.afterAll(stop);

async function bundledSize(contents: string): Promise<number> {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: ROOT, loader: "ts" },
    bundle: true,
    minify: true,
    format: "esm",
    write: false,
  });
  return gzipSync(outputFiles[0]?.contents ?? "", { level: 9 }).byteLength;
}
