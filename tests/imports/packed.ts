import { installed, nodePath, output } from "../conformance/runtimes/installed.ts";
import { ROOT } from "../project/root.ts";
import { sharedByRun } from "../shared_by_run.ts";

/** The npm package, as written and as packed. */
export interface PackedPackage extends AsyncDisposable {
  /** The folder that `npm publish` would get. */
  readonly folder: string;
  /** What users would download. */
  readonly tarball: string;
}

/** Builds and packs the npm package in a temporary folder; once in a run of `deno task test`. */
export async function packedPackage(): Promise<PackedPackage> {
  const shared = await sharedByRun("npm-package", pack);
  const temporary = shared ?? await Deno.makeTempDir();
  if (shared === undefined) await pack(temporary);
  const tarball = [...Deno.readDirSync(temporary)].find(({ name }) => name.endsWith(".tgz"))?.name;
  return {
    folder: `${temporary}/npm`,
    tarball: `${temporary}/${tarball}`,
    [Symbol.asyncDispose]: async () => {
      if (shared === undefined) await Deno.remove(temporary, { recursive: true });
    },
  };
}

async function pack(path: string): Promise<void> {
  const folder = `${path}/npm`;
  await output(Deno.execPath(), ["run", "-A", `${ROOT}/tasks/npm_package.ts`, folder]);
  await npm(["pack", folder, "--pack-destination", path, "--silent"], path);
}

/** Runs npm, which comes from npm, under the Node that comes from npm. */
export async function npm(
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  return await tool({ npm: "11.19.1" }, "npm/bin/npm-cli.js", args, cwd, env);
}

/** Runs a program out of npm packages under Node. */
export async function tool(
  packages: Readonly<Record<string, string>>,
  path: string,
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const folder = await installed(packages);
  return await output(await nodePath() ?? "node", [`${folder}/node_modules/${path}`, ...args], cwd, env);
}

/** An empty folder with `files` in it, gone at the end of its scope. */
export async function folderWith(
  files: Readonly<Record<string, string>>,
): Promise<{ readonly path: string } & AsyncDisposable> {
  const path = await Deno.makeTempDir();
  for (const [name, text] of Object.entries(files)) {
    const folder = name.includes("/") ? `${path}/${name.slice(0, name.lastIndexOf("/"))}` : path;
    await Deno.mkdir(folder, { recursive: true });
    await Deno.writeTextFile(`${path}/${name}`, text);
  }
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}
