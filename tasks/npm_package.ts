/**
 * `deno task npm`: writes the npm package to `npm/`, ready for `npm publish ./npm`. `deno pack` makes the JavaScript and
 * the types; name, version, license and pins come from deno.json. The command line stays out: it is a Deno program.
 */
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import config from "../deno.json" with { type: "json" };

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
  "src/sandbox",
  "src/testing",
  "src/worker",
];
const TEXTS = ["README.md", "README.ko.md", "CHANGELOG.md", "SECURITY.md", "LICENSE"];
/**
 * What `./worker` and `./worker/deployment` import: the core needs none of it, so nobody gets it unasked. The floors are those
 * that tests/imports/npm_package_test.ts installs, serves from and checks types with.
 */
const PEERS = {
  "hono": "^4.5.0",
  "valibot": "^0.31.0 || ^1.0.0",
  "@cloudflare/workers-types": "^4.20240403.0 || ^5.0.0",
};
/** Files that the worker reads through a binding: no module imports them. */
const ASSETS = "src/worker/assets";

const out = Deno.args[0] ?? `${ROOT}npm`;
const staging = await Deno.makeTempDir();
try {
  for (const path of [...SOURCES, ...TEXTS]) await copy(`${ROOT}${path}`, `${staging}/${path}`);
  const { "./cli": _, ...exports } = config.exports;
  const { name, version, license, imports } = config;
  // `deno pack` goes by the configuration, not by the files' own `@jsx` comments.
  const compilerOptions = { ...config.compilerOptions, jsx: "react-jsx", jsxImportSource: "hono/jsx" };
  const staged = { name, version, license, exports, imports, compilerOptions, nodeModulesDir: "none" };
  await Deno.writeTextFile(`${staging}/deno.json`, JSON.stringify(staged));
  await run(Deno.execPath(), ["pack", "--quiet", "--no-source-maps", "--output", "package.tgz"], staging);
  await run("tar", ["-xzf", "package.tgz"], staging);

  await Deno.remove(out, { recursive: true }).catch(ignoreMissing);
  await copy(`${staging}/package`, out);
  await copy(`${ROOT}${ASSETS}`, `${out}/${ASSETS}`);
  const { dependencies: __, ...packed }: Record<string, unknown> = JSON.parse(
    await Deno.readTextFile(`${out}/package.json`),
  );
  const manifest = {
    ...packed,
    description:
      "A HighLevel (GoHighLevel) connection that cannot stay lost: OAuth tokens kept, refreshed and recovered",
    keywords: [
      "highlevel",
      "gohighlevel",
      "leadconnector",
      "oauth",
      "reconnect",
      "tokens",
      "hono",
      "cloudflare-workers",
    ],
    engines: { node: ">=22" },
    sideEffects: false,
    peerDependencies: PEERS,
    peerDependenciesMeta: Object.fromEntries(Object.keys(PEERS).map((peer) => [peer, { optional: true }])),
  };
  await Deno.writeTextFile(`${out}/package.json`, `${JSON.stringify(manifest, null, 2)}\n`);
  console.log(`${name}@${version} is in ${out}`);
} finally {
  await Deno.remove(staging, { recursive: true });
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
