import assert from "node:assert/strict";
import { relative } from "node:path";
import { pathToFileURL } from "node:url";
import config from "../../deno.json" with { type: "json" };
import { deno } from "./deno.ts";
import { ROOT } from "./root.ts";

/** What the core is made of; all of it runs wherever there is `fetch`. */
const CORE = [
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
];

/** What a part may import besides itself. */
const ALLOWED: Record<string, readonly string[]> = {
  "src/oauth": [],
  "src/connections": ["src/oauth", "src/stores"],
  "src/stores": ["src/oauth"],
  "src/webhooks": ["src/oauth", "src/stores"],
  "src/import": ["src/oauth"],
  "src/client": ["src/oauth", "src/stores", "src/connections"],
  "src/moving": ["src/oauth", "src/stores", "src/connections"],
  "src/highlevel_sdk": ["src/oauth"],
  "src/sandbox": [],
  "src/testing": ["src/oauth", "src/stores", "src/connections", "src/sandbox"],
};

interface Edge {
  readonly specifier: string;
  readonly code?: { readonly specifier?: string; readonly error?: string };
}

const DOORS = Object.values(config.exports).filter((file) => !/^\.\/src\/(worker|cli)\//.test(file));

for (const entry of DOORS.map((file) => file.slice(2))) {
  Deno.test(`the module graph of ${entry} has nothing but relative files of the core`, async () => {
    const graph: { modules: readonly { specifier: string; dependencies?: readonly Edge[] }[] } = JSON
      .parse(
        await deno(["info", "--json", entry], { cwd: ROOT }),
      );
    const seen = new Set<string>();
    const waiting = [pathToFileURL(`${ROOT}/${entry}`).href];
    for (let specifier = waiting.pop(); specifier !== undefined; specifier = waiting.pop()) {
      if (seen.has(specifier)) continue;
      seen.add(specifier);
      const module = graph.modules.find((module) => module.specifier === specifier);
      assert.ok(module, `${specifier} is not in the graph`);
      for (const { specifier: written, code } of module.dependencies ?? []) {
        if (!code) continue; // a type: gone when it runs
        assert.match(written, /^\.\.?\/[\w./]+\.ts$/, `${specifier} imports ${written}`);
        assert.ok(code.specifier, code.error ?? `${written} is not found`);
        const path = relative(pathToFileURL(ROOT).pathname, new URL(code.specifier).pathname);
        assert.ok(
          CORE.some((part) => path === part || path.startsWith(`${part}/`)),
          `${specifier} imports ${path}`,
        );
        waiting.push(code.specifier);
      }
    }
    assert.ok(seen.size > 2, `only ${seen.size} modules: the graph was not read`);
  });
}

Deno.test("every import of the core, of types too, is a relative .ts file within what its part may know", async () => {
  const files = await coreFiles();
  assert.ok(files.length > 50, `${files.length} files`);
  for (const path of files) {
    for (const specifier of specifiersIn(await Deno.readTextFile(`${ROOT}/${path}`))) {
      assert.match(specifier, /^\.\.?\/[\w./]+\.ts$/, `${path} imports ${specifier}`);
      const part = partOf(path);
      if (part === undefined) continue; // mod.ts knows all parts
      const imported = partOf(relative(ROOT, new URL(specifier, pathToFileURL(`${ROOT}/${path}`)).pathname));
      const allowed = [part, ...ALLOWED[part] ?? []];
      assert.ok(imported && allowed.includes(imported), `${path} imports ${specifier}`);
    }
  }
});

Deno.test("no file of the core imports itself, by whatever way around, for types either", async () => {
  const imports = new Map<string, string[]>();
  for (const path of await coreFiles()) {
    const base = pathToFileURL(`${ROOT}/${path}`);
    const specifiers = specifiersIn(await Deno.readTextFile(`${ROOT}/${path}`));
    imports.set(path, specifiers.map((specifier) => relative(ROOT, new URL(specifier, base).pathname)));
  }
  const done = new Set<string>();
  const walk = (path: string, way: readonly string[]): void => {
    assert.ok(!way.includes(path), `a circle: ${[...way.slice(way.indexOf(path)), path].join(" → ")}`);
    if (done.has(path)) return;
    for (const imported of imports.get(path) ?? []) walk(imported, [...way, path]);
    done.add(path);
  };
  for (const path of imports.keys()) walk(path, []);
  assert.equal(done.size, imports.size);
});

Deno.test("the worker talks to the core through its doors, mod.ts and host.ts of each room", async () => {
  const rooms = CORE.filter((part) => part !== "mod.ts");
  for (const path of await filesIn("src/worker")) {
    if (!/\.tsx?$/.test(path)) continue;
    const base = pathToFileURL(`${ROOT}/${path}`);
    for (const specifier of specifiersIn(await Deno.readTextFile(`${ROOT}/${path}`))) {
      if (!specifier.startsWith(".")) continue;
      const imported = relative(ROOT, new URL(specifier, base).pathname);
      const room = rooms.find((part) => imported.startsWith(`${part}/`));
      assert.ok(!room || /^(mod|host)\.ts$/.test(imported.slice(room.length + 1)), `${path}: ${specifier}`);
    }
  }
});

Deno.test("the command line asks Deno for nothing but Deno KV: all else is Node's modules, which Bun has too", async () => {
  const paths = await filesIn("src/cli");
  const isDenos = async (path: string): Promise<boolean> =>
    /\bDeno\./.test(withoutComments(await Deno.readTextFile(`${ROOT}/${path}`)));
  const found = await Promise.all(paths.map(async (path) => await isDenos(path) ? [path] : []));
  assert.deepEqual(found.flat().sort(), [
    "src/cli/backend/deno_kv_file.ts",
    "src/cli/backend/relaunch_with_kv.ts", // as main.ts: switches it on, where Deno runs it
    "src/cli/main.ts",
  ]);
});

Deno.test("the scan sees every way to write an import", () => {
  const source = [
    `import a from "one";`,
    `import "two";`,
    `import type { B } from 'three';`,
    `import {\n  c,\n} from "four";`,
    `export * from "five";`,
    `export { d } from "six";`,
    `const e = await import("seven");`,
    `type F = import("eight").F;`,
    `const g = require("nine");`,
    ` * import { shown } from "in an example";`,
    `// import "of a comment";`,
  ].join("\n");
  assert.deepEqual(specifiersIn(source), [
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
  ]);
});

Deno.test("mod.ts only re-exports", async () => {
  const code = withoutComments(await Deno.readTextFile(`${ROOT}/mod.ts`));
  assert.equal(code.replace(/export (type )?(\*|\{[^}]*\}) from "[^"]+";/g, "").trim(), "");
});

async function coreFiles(): Promise<string[]> {
  const folders = CORE.filter((path) => path !== "mod.ts");
  const files = ["mod.ts", ...(await Promise.all(folders.map(filesIn))).flat()];
  assert.ok(files.every((path) => path.endsWith(".ts")), "only TypeScript lives in the core");
  return files;
}

/** Every file below `folder`. */
async function filesIn(folder: string): Promise<string[]> {
  const files: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(`${ROOT}/${folder}`)) {
    if (isDirectory) files.push(...await filesIn(`${folder}/${name}`));
    else files.push(`${folder}/${name}`);
  }
  return files;
}

function partOf(path: string): string | undefined {
  return CORE.find((part) => path.startsWith(`${part}/`));
}

function specifiersIn(source: string): string[] {
  const imports = /\b(?:from|import|require)\s*\(?\s*["']([^"']+)["']/g;
  return [...withoutComments(source).matchAll(imports)].map(([, specifier = ""]) => specifier);
}

function withoutComments(source: string): string {
  return source.replace(/^\s*(\/?\*|\/\/).*$/gm, "");
}
