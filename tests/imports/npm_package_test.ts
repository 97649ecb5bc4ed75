import assert from "node:assert/strict";
import { bunPath, nodePath, output } from "../conformance/runtimes/installed.ts";
import config from "../../deno.json" with { type: "json" };
import { ROOT } from "../project/root.ts";
import { folderWith, npm, packedPackage, tool } from "./packed.ts";

const { name, version, license } = config;

/** What somebody tries first: recover a lost connection, against the sandbox that comes along. */
const EXAMPLE = `
  import { Connections, MemoryStore } from "${name}";
  import { createSandbox } from "${name}/sandbox";

  const sandbox = createSandbox();
  const { locationId } = sandbox.addLocation();
  const connections = new Connections({ app: { ...sandbox.app, fetch: sandbox.fetch }, store: new MemoryStore() });
  const { outcome, by } = await connections.recover({ locationId });
  console.log(outcome, by, sandbox.counts.total);
`;

/** A worker's host: health, a missing key, a wrong question, and a path that is none. */
const MOUNT = `
  import { registerHooks } from "node:module";
  import { Hono } from "hono";
  // Node has no Durable Objects: their class is enough to define some.
  const url = "data:text/javascript,export class DurableObject {}";
  registerHooks({
    resolve: (specifier, context, next) =>
      specifier === "cloudflare:workers" ? { url, shortCircuit: true } : next(specifier, context),
  });
  const { defineReconnect } = await import("${name}/worker");
  const app = new Hono().route("/highlevel", defineReconnect().app);
  const none = () => { throw new Error("nothing is called"); };
  const namespace = { getByName: none, idFromName: none, get: none };
  const env = {
    HIGHLEVEL_CLIENT_ID: "0123456789abcdef01234567-a",
    HIGHLEVEL_CLIENT_SECRET: "a-secret",
    ADMIN_KEY: "a".repeat(40),
    SERVICE_KEY: "s".repeat(40),
    VIEWER_KEY: "v".repeat(40),
    SEALING_KEYS: Buffer.alloc(32, 1).toString("base64"),
    CONNECTIONS: namespace,
    JOBS: namespace,
    DIRECTORY: namespace,
    TOKENS: { get: none, getWithMetadata: none, put: none, delete: none, list: none },
    RECOVERIES: { send: none },
  };
  const headers = { authorization: "Bearer " + env.ADMIN_KEY };
  const asked = [["/healthz"], ["/connections"], ["/connections?status=lost", { headers }], ["/nowhere"]];
  const statuses = [];
  for (const [path, init] of asked) statuses.push((await app.request("/highlevel" + path, init, env)).status);
  console.log(statuses.join(" "));
`;

/** The package's doors: those of deno.json without the command line. */
const DOORS = Object.keys(config.exports).filter((door) => door !== "./cli");

const ignore = await nodePath() === undefined || await bunPath() === undefined;
const packed = ignore ? undefined : await packedPackage();
Deno.test.afterAll(async () => await packed?.[Symbol.asyncDispose]());
const tarball = packed?.tarball ?? "";

Deno.test(
  "the npm package is named, versioned and licensed by deno.json, and pulls nothing in",
  { ignore },
  async () => {
    const manifest = JSON.parse(await Deno.readTextFile(`${packed?.folder}/package.json`));
    assert.deepEqual([manifest.name, manifest.version, manifest.license, manifest.type], [
      name,
      version,
      license,
      "module",
    ]);
    assert.equal(manifest.dependencies, undefined);
    for (const peer of Object.keys(manifest.peerDependencies)) {
      assert.deepEqual(manifest.peerDependenciesMeta[peer], { optional: true }, peer);
    }
    assert.deepEqual(Object.keys(manifest.exports), DOORS);
  },
);

Deno.test(
  "the npm package holds JavaScript, types, the worker's files and texts: no tests, no sources, no CLI",
  { ignore },
  async () => {
    const listed = JSON.parse(await npm(["pack", tarball, "--dry-run", "--json"], packed?.folder ?? ""));
    const paths: string[] = listed[0].files.map(({ path }: { path: string }) => path);
    assert.ok(paths.includes("README.md") && paths.includes("LICENSE"), `${paths}`);
    for (const path of paths) {
      assert.match(
        path,
        /^(package\.json|[A-Z][\w.]*|(mod|src\/.+)(\.js|\.d\.ts)|src\/worker\/assets\/[\w.]+)$/,
        path,
      );
    }
    const assets = [...Deno.readDirSync(`${ROOT}/src/worker/assets`)].map(({ name }) =>
      `src/worker/assets/${name}`
    );
    assert.deepEqual(paths.filter((path) => path.includes("/assets/")).sort(), assets.sort());
    assert.deepEqual(paths.filter((path) => /^src\/cli|^tests|_test\.|tasks|\.env/.test(path)), []);
  },
);

Deno.test("publint and arethetypeswrong find nothing", { ignore }, async () => {
  const tools = { "publint": "0.3.25", "@arethetypeswrong/cli": "0.18.5" };
  const linted = await tool(tools, "publint/src/cli.js", [tarball, "--strict"], packed?.folder ?? "");
  assert.match(linted, /All good!/);
  // Exits badly for any problem of a resolution that the profile does not exclude (CommonJS).
  const args = [tarball, "--profile", "esm-only", "--format", "json"];
  const { analysis } = JSON.parse(
    await tool(tools, "@arethetypeswrong/cli/dist/index.js", args, packed?.folder ?? ""),
  );
  assert.deepEqual(Object.keys(analysis.entrypoints), DOORS);
});

Deno.test("installed in an empty folder it recovers a connection under Node", { ignore }, async () => {
  await using folder = await folderWith({ "package.json": `{"private":true}`, "recover.mjs": EXAMPLE });
  await npm(["install", "--offline", "--no-audit", "--no-fund", tarball], folder.path);
  const scopes = [...Deno.readDirSync(`${folder.path}/node_modules`)].map(({ name }) => name);
  assert.deepEqual(
    scopes.filter((name) => !name.startsWith(".")),
    ["@reconnect"],
    "nothing else is installed",
  );
  assert.equal(await output(await nodePath() ?? "", ["recover.mjs"], folder.path), "recovered reconnect 2\n");
});

Deno.test("installed in an empty folder it recovers a connection under Bun", { ignore }, async () => {
  await using folder = await folderWith({ "package.json": `{"private":true}`, "recover.ts": EXAMPLE });
  const bun = await bunPath() ?? "";
  await output(bun, ["add", tarball], folder.path);
  assert.equal(await output(bun, ["recover.ts"], folder.path), "recovered reconnect 2\n");
});

for (const [module, moduleResolution] of [["nodenext", "nodenext"], ["esnext", "bundler"]]) {
  Deno.test(
    `its types check strictly, libraries included, with ${moduleResolution} resolution`,
    { ignore },
    async () => {
      await using folder = await folderWith({
        "package.json": `{"private":true,"type":"module"}`,
        "tsconfig.json": JSON.stringify({
          compilerOptions: {
            module,
            moduleResolution,
            target: "es2024",
            lib: ["es2024", "esnext.iterator", "esnext.disposable", "dom", "dom.iterable"],
            types: [],
            strict: true,
            exactOptionalPropertyTypes: true,
            noUncheckedIndexedAccess: true,
            skipLibCheck: false,
            noEmit: true,
          },
          include: ["*.ts"],
        }),
        "recover.ts": `${EXAMPLE}
        import type { Recovery, TokenSet } from "${name}";
        const shown = ({ outcome }: Recovery): "recovered" | "paused" | "reauthorization_required" | "failed" => outcome;
        // @ts-expect-error an access token is a string: the types are not any
        const wrong: TokenSet["accessToken"] = 5;
        console.log(shown, wrong);
      `,
      });
      await npm(["install", "--offline", "--no-audit", "--no-fund", tarball], folder.path);
      await tool({ typescript: "7.0.2" }, "typescript/bin/tsc", ["-p", "."], folder.path);
    },
  );
}

/** The oldest and the newest that the manifest lets stand beside it. */
const PEERS: readonly Readonly<Record<"hono" | "valibot" | "@cloudflare/workers-types", string>>[] = [
  { hono: "4.5.0", valibot: "0.31.0", "@cloudflare/workers-types": "4.20240403.0" },
  { hono: "4.5.0", valibot: "1.0.0", "@cloudflare/workers-types": "5.20261117.1" },
  {
    hono: versionOf("hono"),
    valibot: versionOf("valibot"),
    "@cloudflare/workers-types": versionOf("@cloudflare/workers-types"),
  },
];

function versionOf(peer: "hono" | "valibot" | "@cloudflare/workers-types"): string {
  return config.imports[peer].replace(/^npm:.*@/, "");
}

for (const peers of PEERS) {
  const pins = Object.entries(peers).map(([peer, version]) => `${peer}@${version}`);
  Deno.test(
    `F6: beside ${pins.join(", ")} the token service mounts, serves and has types`,
    { ignore },
    async () => {
      await using folder = await folderWith({
        "package.json": `{"private":true,"type":"module"}`,
        "mount.mjs": MOUNT,
        "types.ts": `
        import { Hono } from "hono";
        import { defineReconnect } from "${name}/worker";
        import deployment from "${name}/worker/deployment";
        console.log(new Hono().route("/highlevel", defineReconnect().app), deployment);
      `,
        "tsconfig.json": JSON.stringify({
          compilerOptions: {
            module: "nodenext",
            target: "es2024",
            lib: ["es2024", "esnext.iterator", "esnext.disposable"],
            types: ["@cloudflare/workers-types"],
            strict: true,
            skipLibCheck: true,
            noEmit: true,
          },
          include: ["*.ts"],
        }),
      });
      // No --force: npm itself must find that they fit.
      await npm(["install", "--prefer-offline", "--no-audit", "--no-fund", tarball, ...pins], folder.path);
      const lines = (await output(await nodePath() ?? "", ["mount.mjs"], folder.path)).trim().split("\n");
      assert.equal(lines.at(-1), "200 401 422 404");
      await tool({ typescript: "7.0.2" }, "typescript/bin/tsc", ["-p", "."], folder.path);
    },
  );
}
