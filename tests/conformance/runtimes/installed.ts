import { ROOT } from "../../project/root.ts";

const NODE_PACKAGE = platformPackage("node-linux-", "node-win-");
/** Node as an npm package, by platform; elsewhere those tests are skipped. */
export const NODE = { version: "24.21.0", package: NODE_PACKAGE };
/** The oldest Node that the core is made for. */
export const OLDEST_NODE = { version: "22.23.3", package: NODE_PACKAGE };
/** One that is older still. */
export const TOO_OLD_NODE = { version: "20.20.2", package: NODE_PACKAGE };
/** Bun as an npm package. */
export const BUN = {
  version: "1.4.5",
  package: platformPackage("@oven/bun-linux-", "@oven/bun-windows-", "@oven/bun-darwin-")?.replace(
    "arm64",
    "aarch64",
  ),
};
/** Vercel's edge runtime. */
export const EDGE_RUNTIME = { version: "4.0.1", package: "edge-runtime" };

/** Not in `node_modules`: nothing can be installed below that. */
const CACHE = `${ROOT}/.cache`;

/**
 * A folder whose `node_modules` holds `packages` (names with exact versions): installed once, by this Deno and without
 * running any script of theirs, then kept in `.cache`.
 */
export async function installed(packages: Readonly<Record<string, string>>): Promise<string> {
  const name = Object.entries(packages).map(([name, version]) => `${name}@${version}`).sort().join("+");
  const folder = `${CACHE}/${name.replaceAll("/", "-")}`;
  if (await exists(folder)) return folder;
  // Made aside and moved, so that a run that was stopped, or another at the same time, leaves nothing half done.
  await Deno.mkdir(CACHE, { recursive: true });
  const making = await Deno.makeTempDir({ dir: CACHE, prefix: "making-" });
  await Deno.writeTextFile(
    `${making}/package.json`,
    JSON.stringify({ private: true, dependencies: packages }),
  );
  await Deno.writeTextFile(`${making}/deno.json`, JSON.stringify({ nodeModulesDir: "manual" }));
  await output(Deno.execPath(), ["install", "--quiet"], making);
  try {
    await Deno.rename(making, folder);
  } catch (error) {
    if (!await exists(folder)) throw error;
    await Deno.remove(making, { recursive: true });
  }
  return folder;
}

/** The path of Node; `undefined` where npm has none for this platform. */
export async function nodePath(node: typeof NODE = NODE): Promise<string | undefined> {
  return await binary(node, "node");
}

/** The path of Bun; `undefined` where npm has none for this platform. */
export async function bunPath(): Promise<string | undefined> {
  return await binary(BUN, "bun");
}

/** What `command` writes to its standard output; a failure throws with all it wrote. */
export async function output(
  command: string,
  args: readonly string[],
  cwd: string = ROOT,
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(command, {
    args: [...args],
    cwd,
    env: { NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1", ...env },
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  if (success) return decoder.decode(stdout);
  throw new Error(`${command} ${args.join(" ")}\n${decoder.decode(stdout)}${decoder.decode(stderr)}`);
}

async function binary(
  runtime: { readonly version: string; readonly package: string | undefined },
  name: string,
): Promise<string | undefined> {
  if (runtime.package === undefined) return undefined;
  const folder = await installed({ [runtime.package]: runtime.version });
  const suffix = Deno.build.os === "windows" ? ".exe" : "";
  return `${folder}/node_modules/${runtime.package}/bin/${name}${suffix}`;
}

function platformPackage(linux: string, windows: string, mac?: string): string | undefined {
  const arch = Deno.build.arch === "x86_64" ? "x64" : "arm64";
  const prefix = {
    linux,
    windows,
    darwin: mac,
  }[Deno.build.os === "darwin" || Deno.build.os === "windows" ? Deno.build.os : "linux"];
  return prefix && prefix + arch;
}

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
