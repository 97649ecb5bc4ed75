import assert from "node:assert/strict";
import { delimiter, dirname } from "node:path";
import { bunPath, nodePath, OLDEST_NODE, output, TOO_OLD_NODE } from "../conformance/runtimes/installed.ts";
import config from "../../deno.json" with { type: "json" };
import { generateSealingKey } from "../../mod.ts";
import { servedSandbox } from "../examples/served_sandbox.ts";
import { ROOT } from "../project/root.ts";
import { manifestFrom } from "../../tasks/package/manifest.ts";
import { TEXTS } from "./published_texts.ts";
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

const DOORS = Object.keys(config.exports);

const ignore = await nodePath() === undefined || await bunPath() === undefined;
const packed = ignore ? undefined : await packedPackage();
Deno.test.afterAll(async () => await packed?.[Symbol.asyncDispose]());
const tarball = packed?.tarball ?? "";

Deno.test(
  "the npm package is named, versioned and licensed by deno.json, says where it is from, and pulls nothing in",
  { ignore },
  async () => {
    const manifest = JSON.parse(await Deno.readTextFile(`${packed?.folder}/package.json`));
    const told = ["name", "version", "license", "type", "sideEffects", "engines", "bin", "publishConfig"];
    assert.deepEqual(Object.fromEntries(told.map((field) => [field, manifest[field]])), {
      name,
      version,
      license,
      type: "module",
      sideEffects: false,
      engines: { node: ">=22" },
      bin: { "highlevel-reconnect": "bin/highlevel-reconnect.js" },
      publishConfig: { access: "public", provenance: true },
    });
    const { repository, homepage, bugs } = manifestFrom({}, Deno.env.get("GITHUB_REPOSITORY"));
    assert.deepEqual([manifest.repository, manifest.homepage, manifest.bugs], [repository, homepage, bugs]);
    assert.equal(manifest.dependencies, undefined);
    assert.deepEqual(manifest.peerDependencies, {
      "hono": "^4.0.0",
      "valibot": ">=0.42.0 <2",
      "@cloudflare/workers-types": "^4.20240403.0 || ^5.0.0",
    });
    for (const peer of Object.keys(manifest.peerDependencies)) {
      assert.deepEqual(manifest.peerDependenciesMeta[peer], { optional: true }, peer);
    }
    assert.deepEqual(Object.keys(manifest.exports), DOORS);
  },
);

Deno.test("a package says where it is from where that is known, and nothing where it is not", () => {
  const { repository, homepage, bugs } = manifestFrom({}, "somebody/highlevel-reconnect");
  assert.deepEqual([repository, homepage, bugs], [
    { type: "git", url: "git+https://github.com/somebody/highlevel-reconnect.git" },
    "https://github.com/somebody/highlevel-reconnect#readme",
    "https://github.com/somebody/highlevel-reconnect/issues",
  ]);
  assert.ok(!Object.keys(manifestFrom({}, undefined)).some((key) => /repository|homepage|bugs/.test(key)));
});

Deno.test(
  "the npm package holds JavaScript, types, the worker's files, the command line and texts: no tests, no sources",
  { ignore },
  async () => {
    const listed = JSON.parse(await npm(["pack", tarball, "--dry-run", "--json"], packed?.folder ?? ""));
    const paths: string[] = listed[0].files.map(({ path }: { path: string }) => path);
    const modules = paths.filter((path) =>
      /^(mod|src\/(?!cli\/|worker\/assets\/).+)(\.js|\.d\.ts)$/.test(path)
    );
    const assets = paths.filter((path) => path.startsWith("src/worker/assets/"));
    const others = paths.filter((path) => !modules.includes(path) && !assets.includes(path));
    assert.deepEqual(
      others.map((path) => path.replace(/-[A-Z0-9]{8}\.js$/, ".js")).sort(),
      [
        ...TEXTS,
        "bin/highlevel-reconnect.js",
        "package.json",
        "src/cli/LICENSES.txt",
        ...others.filter((path) => /^src\/cli\/chunks\/chunk-/.test(path)).map(() =>
          "src/cli/chunks/chunk.js"
        ),
        "src/cli/chunks/postgres_store.js",
        "src/cli/chunks/redis_server.js",
        "src/cli/main.d.ts",
        "src/cli/main.js",
      ].sort(),
    );
    const worker = [...Deno.readDirSync(`${ROOT}/src/worker/assets`)].map(({ name }) => name);
    assert.deepEqual(assets.sort(), worker.map((name) => `src/worker/assets/${name}`).sort());
    // One module for each of the sources: none is forgotten, none is there that nobody wrote. Types are those that doors show.
    const sources = [...filesBelow("src", /\.tsx?$/)].filter((path) => !/^src\/cli\/|\.d\.ts$/.test(path));
    const written = ["mod.ts", ...sources].map((path) => path.replace(/\.tsx?$/, ""));
    const made = modules.filter((path) => path.endsWith(".js")).map((path) => path.slice(0, -".js".length));
    assert.deepEqual(made.sort(), written.sort());
    const typed = modules.filter((path) => path.endsWith(".d.ts")).map((path) =>
      path.slice(0, -".d.ts".length)
    );
    assert.deepEqual(typed.filter((path) => !made.includes(path)), []);
    const kib = listed[0].unpackedSize / 1024;
    assert.ok(kib < 3_400, `${kib.toFixed(0)} KiB are installed`);
  },
);

Deno.test("what is bundled into the command line is named with its license", { ignore }, async () => {
  const text = await Deno.readTextFile(`${packed?.folder}/src/cli/LICENSES.txt`);
  const notices = text.split(/^-{72}$/m);
  for (const notice of notices) {
    assert.match(notice, /^[@\w/.-]+ \d+\.\d+\.\d+, (MIT|ISC|BSD-\d-Clause|Apache-2\.0)$/m);
  }
  const sources = await Promise.all(
    [...filesBelow("src/cli", /\.ts$/)].map((path) => Deno.readTextFile(`${ROOT}/${path}`)),
  );
  const pins = [...sources.join("\n").matchAll(/ from "npm:([\w@/-]+)@([\d.]+)"/g)];
  assert.ok(pins.length >= 4, `${pins}`);
  for (const [, name, version] of pins) {
    assert.ok(text.includes(`\n${name} ${version}, `), `${name} ${version}`);
  }
});

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

Deno.test("installed in an empty folder, with nothing beside it", { ignore }, async (test) => {
  await using folder = await folderWith({ "package.json": `{"private":true}`, "recover.mjs": EXAMPLE });
  await npm(["install", "--offline", "--no-audit", "--no-fund", tarball], folder.path);
  const scopes = [...Deno.readDirSync(`${folder.path}/node_modules`)].map(({ name }) => name);
  assert.deepEqual(scopes.filter((name) => !name.startsWith(".")), ["@reconnect"]);
  const [node, oldestNode, bun] = [await nodePath(), await nodePath(OLDEST_NODE), await bunPath()];
  for (
    const [runtime, path = ""] of [["Node", node], ["the oldest Node", oldestNode], ["Bun", bun]] as const
  ) {
    await test.step(`it recovers a connection under ${runtime}`, async () => {
      assert.equal(await output(path, ["recover.mjs"], folder.path), "recovered reconnect 2\n");
    });
  }
  await using served = await servedSandbox({ locations: 3 });
  const [locationId = "", second = "", third = ""] = served.sandbox.locationIds();
  const command = "node_modules/.bin/highlevel-reconnect";
  for (const [runtime, path = "", id] of [["Node", oldestNode, second], ["Bun", bun, third]] as const) {
    await test.step(`the command line runs on ${runtime}`, async () => {
      const run = (args: readonly string[], env = {}) =>
        new Deno.Command(path, {
          args: [command, ...args],
          cwd: folder.path,
          env: { ...served.env, NO_COLOR: "1", ...env },
          stdin: "null",
        }).output();
      const recovered = await run(["recover", "--location", id]);
      assert.match(text(recovered.stdout), /1 connection: 1 recovered/);
      assert.equal(text(recovered.stderr), "", "no warning of the runtime's own");
      await Deno.writeTextFile(
        `${folder.path}/ids.csv`,
        `locationId\n${served.sandbox.locationIds().join("\n")}\n`,
      );
      assert.match(text((await run(["recover", "--file", "ids.csv"])).stdout), /3 connections: 3 recovered/);
      assert.ok(served.sandbox.isLiving(text((await run(["token", "--location", id])).stdout).trim()));
      assert.match(text((await run(["doctor"])).stdout), /^ok +Lock .*\n.*\n.*\nok +Refresh tokens/m);
      const korean = await run(["show", "--location", id], { LC_ALL: "ko_KR.UTF-8" });
      assert.match(text(korean.stdout), /^로케이션 \w{20}.*\n정상: /);
      assert.equal(text((await run(["maintain"])).stdout), "Nothing was due.\n");
      const refused = await run(["list", "--store", "deno-kv:a.db"]);
      assert.deepEqual([refused.code, /Deno KV needs Deno/.test(text(refused.stderr))], [2, true]);
      const piped = await new Deno.Command("sh", {
        args: ["-c", `"$0" ${command} export | "$0" ${command} restore - --store sqlite:moved.sqlite`, path],
        cwd: folder.path,
        env: { ...served.env, EXPORT_KEY: generateSealingKey() },
      }).output();
      assert.match(text(piped.stdout) + text(piped.stderr), /3 connections: 3 taken/);
      await Deno.remove(`${folder.path}/moved.sqlite`);
      // A HighLevel of its own, served by Node's modules.
      const sandbox = new Deno.Command(path, {
        args: [command, "sandbox", "--port", "0", "--connections", "2", "--write-ids", "own.csv"],
        cwd: folder.path,
        stdout: "piped",
      }).spawn();
      const told = sandbox.stdout.pipeThrough(new TextDecoderStream()).getReader();
      let exports = "";
      while (!exports.includes("reconcile")) exports += (await told.read()).value ?? assert.fail(exports);
      const env = Object.fromEntries(
        [...exports.matchAll(/^export (\w+)='(.*)'$/gm)].map(([, name, value]) => [name, value]),
      );
      assert.match(
        text((await run(["recover", "--file", "own.csv"], env)).stdout),
        /2 connections: 2 recovered/,
      );
      sandbox.kill("SIGTERM");
      await told.cancel();
      assert.equal((await sandbox.status).code, 0);
      // Drivers are in it, and are loaded where they are asked for.
      for (const server of ["postgres://nobody@127.0.0.1:1/none", "redis://127.0.0.1:1/0"]) {
        const { code, stderr } = await run(["list", "--store", server]);
        assert.match(`${code} ${text(stderr)}`, /^2 error: --store: .* cannot be opened: ECONNREFUSED/m);
      }
    });
  }
  await test.step("npx runs it by the package's name", async () => {
    const args = ["exec", "--offline", "--", name, "recover", "--location", locationId];
    // The command's first line asks for the Node of the PATH.
    const PATH = `${dirname(node ?? "")}${delimiter}${Deno.env.get("PATH")}`;
    assert.match(await npm(args, folder.path, { ...served.env, PATH }), /1 connection: 1 recovered/);
  });
  await test.step("a Node that is too old is told so in one line", async () => {
    const { code, stdout, stderr } = await new Deno.Command(await nodePath(TOO_OLD_NODE) ?? "", {
      args: [command, "list"],
      cwd: folder.path,
    }).output();
    assert.deepEqual([code, text(stdout), text(stderr)], [
      2,
      "",
      `highlevel-reconnect needs Node 22.13 or later, Bun or Deno. This is Node ${TOO_OLD_NODE.version}.\n`,
    ]);
  });
});

function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

/** Paths below `folder` of the checkout whose name `pattern` takes. */
function* filesBelow(folder: string, pattern: RegExp): Generator<string> {
  for (const { name, isDirectory } of Deno.readDirSync(`${ROOT}/${folder}`)) {
    if (isDirectory) yield* filesBelow(`${folder}/${name}`, pattern);
    else if (pattern.test(name)) yield `${folder}/${name}`;
  }
}
