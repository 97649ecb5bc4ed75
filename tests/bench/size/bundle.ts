import { gzipSync } from "node:zlib";
import { build, type BuildOptions, stop } from "esbuild";
import { ROOT } from "../../project/root.ts";

/** A bundle to measure. */
export interface BundleRequest {
  /** Its entry: code that imports from `folder`. */
  readonly source: string;
  /** Where the imports start. @default the repository */
  readonly folder?: string;
  /** `node` where a package needs Node's own modules. @default "browser" */
  readonly platform?: "browser" | "node";
  /** Modules that the host brings. */
  readonly external?: readonly string[];
  /** Modules put in the place of others. */
  readonly alias?: Record<string, string>;
}

/** Minified code of one bundle. */
export async function bundled(
  { source, folder = ROOT, platform = "browser", external = [], alias = {} }: BundleRequest,
): Promise<Uint8Array<ArrayBuffer>> {
  const options: BuildOptions = {
    stdin: { contents: source, resolveDir: folder, loader: "ts" },
    bundle: true,
    minify: true,
    format: "esm",
    platform,
    target: "es2024",
    conditions: platform === "browser" ? ["workerd", "worker", "browser"] : [],
    external: [...external],
    alias,
    jsx: "automatic",
    jsxImportSource: "hono/jsx",
    write: false,
    logLevel: "error",
  };
  const { outputFiles } = await build(options);
  await stop();
  return new Uint8Array(outputFiles?.[0]?.contents ?? []);
}

/** Bytes after gzip. */
export function gzipped(code: Uint8Array<ArrayBuffer>): number {
  return gzipSync(code, { level: 9 }).byteLength;
}
