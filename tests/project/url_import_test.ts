import assert from "node:assert/strict";
import { createSandbox } from "../../src/sandbox/mod.ts";
import { deno } from "./deno.ts";
import { ROOT } from "./root.ts";

Deno.test("mod.ts is imported by its URL, without configuration, and recovers a connection", async () => {
  const sandbox = createSandbox({ seed: 13 });
  const { locationId } = sandbox.addLocation();
  sandbox.install({ locationId });
  sandbox.loseTokens();
  const folder = await Deno.makeTempDir();
  await using files = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, serveFile);
  await using highLevel = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, sandbox.handler);
  try {
    const { clientId, clientSecret } = sandbox.app;
    const baseUrl = `http://127.0.0.1:${highLevel.addr.port}`;
    const origin = `127.0.0.1:${files.addr.port}`;
    await Deno.writeTextFile(
      `${folder}/recover.ts`,
      `import { Connections, MemoryStore, recoverTokens, type TokenSet } from "http://${origin}/mod.ts";
      const app = ${JSON.stringify({ clientId, clientSecret, baseUrl })};
      const target = ${JSON.stringify({ locationId })};
      const tokens: TokenSet = await recoverTokens(app, target);
      const { outcome, by } = await new Connections({ app, store: new MemoryStore() }).recover(target);
      console.log(JSON.stringify({ accessToken: tokens.accessToken, outcome, by }));`,
    );
    const written = await deno([
      "run",
      "--check",
      "--no-config",
      "--no-lock",
      `--allow-import=${origin}`,
      `--allow-net=127.0.0.1:${highLevel.addr.port}`,
      "recover.ts",
    ], { cwd: folder, env: { DENO_DIR: `${folder}/cache` } });
    const { accessToken, outcome, by } = JSON.parse(written);
    assert.ok(sandbox.isLiving(accessToken));
    assert.deepEqual([outcome, by], ["recovered", "reconnect"]);
    assert.deepEqual([sandbox.counts.reconnect, sandbox.counts.exchange, sandbox.counts.total], [2, 2, 4]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

/** The repository's TypeScript files, as a static host serves them. */
async function serveFile(request: Request): Promise<Response> {
  const { pathname } = new URL(request.url);
  if (!/^\/(mod|src\/[\w/]+)\.ts$/.test(pathname)) return new Response("Not Found", { status: 404 });
  const headers = { "Content-Type": "application/typescript; charset=utf-8" };
  return new Response(await Deno.readFile(ROOT + pathname), { headers });
}
