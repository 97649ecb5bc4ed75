import { build, type Metafile, type Plugin, stop } from "esbuild";

/** Notices that their licenses ask for, beside the bundle that has their code. */
const LICENSES = "LICENSES.txt";

/**
 * Writes the command line of the checkout at `root` to `folder`, for Node and Bun: `main.js`, the drivers apart, so that they are loaded
 * where they are asked for. What it needs from npm is in it: who installs the package installs nothing else.
 */
export async function bundleCommandLine(root: string, folder: string): Promise<void> {
  const modules = `${root}node_modules/`;
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: ["src/cli/main.ts"],
    outdir: folder,
    chunkNames: "chunks/[name]-[hash]",
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node22",
    minify: true,
    // A driver's option that nobody can ask for here.
    external: ["pg-native"],
    // Packages of CommonJS in it ask for Node's own modules.
    banner: { js: `import{createRequire}from"node:module";const require=createRequire(import.meta.url);` },
    plugins: [pinned(modules)],
    metafile: true,
    logLevel: "error",
  });
  await stop();
  await Deno.writeTextFile(`${folder}/${LICENSES}`, await licensesOf(metafile, root));
}

/** Finds `npm:name@version`, as the sources pin it, where `deno install` put it. */
function pinned(modules: string): Plugin {
  return {
    name: "pinned",
    setup({ onResolve, resolve }) {
      onResolve({ filter: /^npm:/ }, async ({ path, kind }) => {
        const [, name = "", version = ""] = /^npm:((?:@[^/]+\/)?[^@/]+)@([^/]+)$/.exec(path) ?? [];
        const resolveDir = `${modules}.deno/${name.replace("/", "+")}@${version}/node_modules`;
        return await resolve(name, { kind, resolveDir });
      });
    },
  };
}

/** Name, version and license of every package whose code is in the bundle. */
async function licensesOf({ inputs }: Metafile, root: string): Promise<string> {
  const folders = new Set(
    Object.keys(inputs).flatMap((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(path)?.[0] ?? []),
  );
  const notices: string[] = [];
  for (const folder of [...folders].sort()) {
    const { name, version, license } = JSON.parse(await Deno.readTextFile(`${root}${folder}/package.json`));
    const files = [...Deno.readDirSync(`${root}${folder}`)].map((entry) => entry.name);
    const file = files.find((name) => /^licen[cs]e/i.test(name));
    const text = file === undefined
      ? ""
      : `\n\n${(await Deno.readTextFile(`${root}${folder}/${file}`)).trim()}`;
    notices.push(`${name} ${version}, ${license}${text}\n`);
  }
  return `The command line has code of these packages in it.\n\n${notices.join(`\n${"-".repeat(72)}\n\n`)}`;
}
