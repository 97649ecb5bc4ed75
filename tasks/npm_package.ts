/**
 * `deno task npm`: writes the npm package to `npm/`, ready for `npm publish ./npm`. `deno pack` makes the JavaScript and
 * the types; name, version, license and pins come from deno.json. The command line is bundled, with what it needs from npm.
 */
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import config from "../deno.json" with { type: "json" };
import { bundleCommandLine } from "./package/command_line.ts";
import { BIN, manifestFrom } from "./package/manifest.ts";
import { makeTypesSelfContained } from "./package/self_contained_types.ts";

const ROOT = fileURLToPath(new URL("../", import.meta.url));
const SOURCES = [
  "mod.ts",
  "src/oauth",
  "src/connections",
  "src/stores",
  "src/webhooks",
  "src/import",
  "src/client",
  "src/moving",
  "src/highlevel_sdk",
  "src/sandbox",
  "src/testing",
  "src/worker",
  "src/cli",
];
const TEXTS = ["README.md", "README.ko.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "LICENSE"];
/** Guides: README leads to them. Their pictures are left to the repository. */
const GUIDES = [...Deno.readDirSync(`${ROOT}docs`)].map(({ name }) => `docs/${name}`)
  .filter((path) => /\.(md|txt)$/.test(path));
/** Files that the worker reads through a binding: no module imports them. */
const ASSETS = "src/worker/assets";

const repository = Deno.env.get("GITHUB_REPOSITORY");
const out = Deno.args[0] ?? `${ROOT}npm`;
const staging = await Deno.makeTempDir();
try {
  for (const path of [...SOURCES, ...TEXTS]) await copy(`${ROOT}${path}`, `${staging}/${path}`);
  const { name, version, license, exports, imports } = config;
  // `deno pack` goes by the configuration, not by the files' own `@jsx` comments.
  const compilerOptions = { ...config.compilerOptions, jsx: "react-jsx", jsxImportSource: "hono/jsx" };
  const staged = { name, version, license, exports, imports, compilerOptions, nodeModulesDir: "none" };
  await Deno.writeTextFile(`${staging}/deno.json`, JSON.stringify(staged));
  await run(Deno.execPath(), ["pack", "--quiet", "--no-source-maps", "--output", "package.tgz"], staging);
  await run("tar", ["-xzf", "package.tgz"], staging);

  await Deno.remove(out, { recursive: true }).catch(ignoreMissing);
  await copy(`${staging}/package`, out);
  for (const path of [ASSETS, ...GUIDES]) await copy(`${ROOT}${path}`, `${out}/${path}`);
  await writeCommandLine();
  await makeTypesSelfContained(out);
  const packed = JSON.parse(await Deno.readTextFile(`${out}/package.json`));
  const manifest = manifestFrom(packed, repository);
  await Deno.writeTextFile(`${out}/package.json`, `${JSON.stringify(manifest, null, 2)}\n`);
  console.log(`${name}@${version} is in ${out}`);
  if (!repository) console.log("It does not say where it is from: GITHUB_REPOSITORY=owner/name does.");
} finally {
  await Deno.remove(staging, { recursive: true });
}

/** Of the door's modules only the types stay; the bundle takes their place, and a command starts it. */
async function writeCommandLine(): Promise<void> {
  await Deno.remove(`${out}/src/cli`, { recursive: true });
  await copy(`${staging}/package/src/cli/main.d.ts`, `${out}/src/cli/main.d.ts`);
  await bundleCommandLine(ROOT, `${out}/src/cli`);
  for (const [command, path] of Object.entries(BIN)) {
    await copy(`${ROOT}tasks/package/${command}.js`, `${out}/${path}`);
    await Deno.chmod(`${out}/${path}`, 0o755);
  }
}

async function copy(from: string, to: string): Promise<void> {
  const info = await Deno.stat(from).catch(ignoreMissing);
  if (info?.isFile) {
    await Deno.mkdir(to.slice(0, -basename(to).length), { recursive: true });
    await Deno.copyFile(from, to);
  } else if (info) {
    for await (const { name } of Deno.readDir(from)) await copy(`${from}/${name}`, `${to}/${name}`);
  }
}

async function run(command: string, args: readonly string[], cwd: string): Promise<void> {
  const { success, stdout, stderr } = await new Deno.Command(command, { args: [...args], cwd }).output();
  if (success) return;
  await Deno.stderr.write(stdout);
  await Deno.stderr.write(stderr);
  throw new Error(`${command} ${args.join(" ")} failed`);
}

function ignoreMissing(error: unknown): undefined {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}
