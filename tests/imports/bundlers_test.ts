import assert from "node:assert/strict";
import { build, stop } from "esbuild";
import config from "../../deno.json" with { type: "json" };
import { nodePath, output } from "../conformance/runtimes/installed.ts";
import { ROOT } from "../project/root.ts";
import { folderWith, npm, packedPackage } from "./packed.ts";

/** A worker that needs the two requests of a recovery and nothing else. */
const WORKER = `
  import { exchangeCode, reconnect } from "${config.name}";

  export default {
    async fetch(request, { clientId, clientSecret }) {
      const locationId = new URL(request.url).searchParams.get("location") ?? "";
      const { authorizationCode: code } = await reconnect({ clientId, clientSecret }, { locationId });
      const tokens = await exchangeCode({ clientId, clientSecret }, { code, userType: "Location" });
      return new Response(tokens.scope.join(" "));
    },
  };
`;
const ignore = await nodePath() === undefined;

Deno.test("esbuild and wrangler leave out what is not imported", { ignore }, async (test) => {
  await using packed = await packedPackage();
  await using folder = await folderWith({
    "package.json": `{"private":true,"type":"module"}`,
    "worker.js": WORKER,
    "wrangler.toml": `name = "recover"\nmain = "worker.js"\ncompatibility_date = "2026-11-17"\n`,
  });
  await npm(["install", "--offline", "--no-audit", "--no-fund", packed.tarball], folder.path);

  await test.step("esbuild", async () => {
    const { metafile, outputFiles } = await build({
      absWorkingDir: folder.path,
      entryPoints: ["worker.js"],
      bundle: true,
      minify: true,
      format: "esm",
      metafile: true,
      write: false,
      outfile: "bundle.js",
    });
    await stop();
    const inputs = Object.values(metafile.outputs).flatMap(({ inputs }) => Object.entries(inputs));
    const used = inputs.filter(([, { bytesInOutput }]) => bytesInOutput > 0).map(([path]) => path);
    assert.ok(used.some((path) => path.endsWith("src/oauth/reconnect.js")), `${used}`);
    assert.deepEqual(used.filter((path) => /src\/(?!oauth\/)/.test(path)), [], "only the wire is left");
    const bytes = outputFiles[0]?.contents.length ?? 0;
    assert.ok(bytes < 14_000, `${bytes} bytes`);
  });

  await test.step("wrangler deploy --dry-run", async () => {
    const args = [
      "run",
      "-A",
      "npm:wrangler",
      "--cwd",
      folder.path,
      "deploy",
      "--dry-run",
      "--outdir",
      "out",
    ];
    await output(Deno.execPath(), args, ROOT, { WRANGLER_SEND_METRICS: "false", WRANGLER_LOG: "error" });
    const text = await Deno.readTextFile(`${folder.path}/out/worker.js`);
    assert.match(text, /\/oauth\/reconnect/);
    for (const absent of ["class Connections", "AES-GCM", "Ed25519"]) {
      assert.ok(!text.includes(absent), `${absent} is in the bundle`);
    }
  });
});
