import assert from "node:assert/strict";
import config from "../../deno.json" with { type: "json" };
import { nodePath, OLDEST_NODE, output } from "../conformance/runtimes/installed.ts";
import { folderWith, npm, packedPackage, tool } from "./packed.ts";

const { name } = config;

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

/** A service in Express that takes HighLevel's webhooks: one that is signed, one that was altered on its way. */
const EXPRESS = `
  import { generateKeyPairSync, sign } from "node:crypto";
  import type { AddressInfo } from "node:net";
  import express from "express";
  import { HighLevelError } from "${name}";
  import { verifyWebhook } from "${name}/webhooks";

  const pair = generateKeyPairSync("ed25519");
  const publicKey = pair.publicKey.export({ type: "spki", format: "der" }).toString("base64");

  const app = express();
  app.post("/webhooks", express.raw({ type: "application/json" }), async (req, res) => {
    try {
      const { type } = await verifyWebhook(req, { publicKey });
      res.json({ type });
    } catch (error) {
      if (!(error instanceof HighLevelError)) throw error;
      res.status(401).json({ code: error.code });
    }
  });
  // Some hosts keep the raw body beside the parsed one.
  app.post("/functions", express.raw({ type: "application/json" }), async (req, res) => {
    const rawBody: Buffer = req.body;
    res.json(await verifyWebhook({ headers: req.headers, body: rawBody }, { publicKey }));
  });
  const server = app.listen(0, "127.0.0.1", async () => {
    const { port } = server.address() as AddressInfo;
    const body = JSON.stringify({
      type: "INSTALL",
      appId: "0123456789abcdef01234567",
      locationId: "ve9EPM428h8vShlRW1KT",
      companyId: "0123456789abcdefABCD",
      webhookId: "w1",
      timestamp: new Date().toISOString(),
    });
    const signature = sign(null, Buffer.from(body), pair.privateKey).toString("base64");
    const headers = { "Content-Type": "application/json", "X-GHL-Signature": signature };
    const answers: string[] = [];
    for (const [path, sent] of [["/webhooks", body], ["/functions", body], ["/webhooks", body + " "]] as const) {
      const answer = await fetch("http://127.0.0.1:" + port + path, { method: "POST", headers, body: sent });
      const { type, code } = await answer.json() as Record<string, string>;
      answers.push(answer.status + " " + (type ?? code));
    }
    console.log(answers.join(", "));
    server.close();
  });
`;

/** What somebody writes with the core: it runs, and what is wrong in it is found. */
const CORE = `
  import { Connections, MemoryStore, type Recovery, type TokenSet } from "${name}";
  import { createSandbox } from "${name}/sandbox";

  const sandbox = createSandbox();
  const { locationId } = sandbox.addLocation();
  const app = { ...sandbox.app, fetch: sandbox.fetch };
  await using connections = new Connections({ app, store: new MemoryStore() });
  const shown = ({ outcome }: Recovery): "recovered" | "paused" | "reauthorization_required" | "failed" => outcome;
  console.log(shown(await connections.recover({ locationId })));
  // @ts-expect-error an access token is a string: the types are not any
  const wrong: TokenSet["accessToken"] = 5;
`;

/** All doors at once, so that the types of each are read. */
function importing(doors: readonly string[]): string {
  const imports = doors.map((door, index) => `import * as door${index} from "${name}${door.slice(1)}";`);
  return `${imports.join("\n")}\nexport default [${doors.map((_, index) => `door${index}`)}];\n`;
}

const ALL_DOORS = Object.keys(config.exports);
/** The worker's doors speak of Durable Objects, which only Cloudflare's types know. */
const DOORS_BUT_WORKER = ALL_DOORS.filter((door) => !door.startsWith("./worker"));

/** A program's configuration as hard as it gets: nothing of the libraries is skipped, and there is no more than ES2022. */
function tsconfig(options: Readonly<Record<string, unknown>>, include: readonly string[]): string {
  return JSON.stringify({
    compilerOptions: {
      target: "es2022",
      lib: ["es2022"],
      strict: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      skipLibCheck: false,
      noEmit: true,
      ...options,
    },
    include,
  });
}

const NODENEXT = { module: "nodenext", moduleResolution: "nodenext" };
const NODE16 = { module: "node16", moduleResolution: "node16" };
const BUNDLER = { module: "esnext", moduleResolution: "bundler" };

/** A project that others have: what stands beside the package, and how it is compiled. */
interface Project {
  readonly packages: Readonly<Record<string, string>>;
  readonly node: typeof OLDEST_NODE | undefined;
  /** How the program for Node, and the one for Cloudflare, find modules. */
  readonly resolution: { readonly node: object; readonly worker: object };
}

/** The oldest and the newest that the manifest lets stand beside it. */
const PROJECTS: readonly Project[] = [
  {
    packages: {
      "hono": "4.0.10", // 4.0.0 runs too, but its own types need a browser's
      "valibot": "0.42.0",
      "@cloudflare/workers-types": "4.20240403.0",
      "@types/node": "22.20.5",
    },
    node: OLDEST_NODE,
    resolution: { node: BUNDLER, worker: NODE16 },
  },
  {
    packages: {
      "hono": versionOf("hono"),
      "valibot": versionOf("valibot"),
      "@cloudflare/workers-types": versionOf("@cloudflare/workers-types"),
      "express": versionOf("express"),
      "@types/express": "5.0.6",
      "@types/node": "24.13.6",
    },
    node: undefined,
    resolution: { node: NODENEXT, worker: BUNDLER },
  },
];

function versionOf(name: keyof typeof config.imports): string {
  return config.imports[name].replace(/^npm:.*@/, "");
}

const ignore = await nodePath() === undefined;
const packed = ignore ? undefined : await packedPackage();
Deno.test.afterAll(async () => await packed?.[Symbol.asyncDispose]());
const tarball = packed?.tarball ?? "";

for (const { packages, node, resolution } of PROJECTS) {
  const pins = Object.entries(packages).map(([name, version]) => `${name}@${version}`);
  Deno.test(
    `F6: beside ${pins.join(", ")} it serves, and all its types are clean`,
    { ignore },
    async (test) => {
      const hasExpress = "express" in packages;
      await using folder = await folderWith({
        "package.json": `{"private":true,"type":"module"}`,
        "mount.mjs": MOUNT,
        "worker/mount.ts": `
        import { Hono } from "hono";
        import { defineReconnect } from "${name}/worker";
        import deployment from "${name}/worker/deployment";
        console.log(new Hono().route("/highlevel", defineReconnect().app), deployment);
      `,
        "worker/doors.ts": importing(ALL_DOORS),
        "node/doors.ts": importing(DOORS_BUT_WORKER),
        "node/core.ts": CORE,
        ...hasExpress && { "node/express.ts": EXPRESS },
        "node.json": tsconfig({ ...resolution.node, types: ["node"] }, ["node"]),
        "worker.json": tsconfig({ ...resolution.worker, types: ["@cloudflare/workers-types"] }, ["worker"]),
        "browser/doors.ts": importing(DOORS_BUT_WORKER),
        "browser.json": tsconfig({ ...BUNDLER, types: [], lib: ["es2022", "dom"] }, ["browser"]),
      });
      // No --force: npm itself must find that they fit.
      await npm(["install", "--prefer-offline", "--no-audit", "--no-fund", tarball, ...pins], folder.path);
      const run = async (file: string): Promise<string> => {
        const path = await nodePath(node) ?? "";
        return (await output(path, ["--no-warnings", file], folder.path)).trim().split("\n").at(-1) ?? "";
      };
      for (const program of ["node", "worker", "browser"]) {
        await test.step(`types, ${program}`, async () => {
          await tool({ typescript: "7.0.2" }, "typescript/bin/tsc", ["-p", `${program}.json`], folder.path);
        });
      }
      await test.step("the token service mounts and serves", async () => {
        assert.equal(await run("mount.mjs"), "200 401 422 404");
      });
      if (hasExpress) {
        await test.step("Express takes webhooks by verifyWebhook(req)", async () => {
          assert.equal(await run("node/express.ts"), "200 INSTALL, 200 INSTALL, 401 invalid_webhook");
        });
      }
    },
  );
}
