import { build, stop } from "esbuild";
import { ROOT } from "../../project/root.ts";

/** `source` (TypeScript, imports relative to the repository's root) as one script. */
export async function bundled(source: string, format: "esm" | "iife"): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: source, resolveDir: ROOT, loader: "ts" },
    bundle: true,
    format,
    write: false,
    logLevel: "error",
  });
  await stop();
  return outputFiles[0]?.text ?? "";
}
