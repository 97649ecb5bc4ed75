import { build, stop } from "esbuild";
import { installed } from "../conformance/runtimes/installed.ts";

/** HighLevel's own SDK, exactly. */
export const SDK = { name: "@gohighlevel/api-client", version: "3.1.0" } as const;

/** Libraries whose size is measured next to ours, exactly. */
export const PEERS = {
  "oauth4webapi": "3.8.8",
  "arctic": "3.7.0",
  "ky": "2.1.0",
  "openid-client": "6.9.0",
  "google-auth-library": "11.3.4",
} as const;

/** Makes load where the machine has no wrk. */
export const AUTOCANNON = { name: "autocannon", version: "8.0.0" } as const;

/** A folder outside of `node_modules` whose own has the package; it weighs on nobody who does not run the benchmark. */
export async function folderOf(peer: { readonly name: string; readonly version: string }): Promise<string> {
  return await installed({ [peer.name]: peer.version });
}

/** The SDK. As one file: several of its parts exist twice, and a loader may mix up which half is whose. */
export async function sdkModule(): Promise<unknown> {
  const folder = await folderOf(SDK);
  const file = `${folder}/bundled-${crypto.randomUUID()}.cjs`;
  await build({
    stdin: { contents: `module.exports = require("${SDK.name}")`, resolveDir: folder, loader: "js" },
    bundle: true,
    platform: "node",
    format: "cjs",
    outfile: file,
    logLevel: "error",
  });
  await stop();
  try {
    const module: { readonly default: unknown } = await import(`file://${file}`);
    return module.default;
  } finally {
    await Deno.remove(file);
  }
}
