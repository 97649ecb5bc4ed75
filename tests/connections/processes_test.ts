import assert from "node:assert/strict";
import { Connections } from "../../src/connections/connections.ts";
import { tokenSetFrom } from "../../src/oauth/token_set.ts";
import { createSandbox, type Sandbox } from "../../src/sandbox/mod.ts";
import { DenoKvStore } from "../../src/stores/deno_kv_store.ts";
import { traffic } from "./world.ts";

const LOCATION = { locationId: "sharedLocation" };
const PROCESSES = 8;
const CALLERS = 125;
const permissions = { read: true, write: true, run: true, net: ["127.0.0.1"] } as const;

for (
  const { what, lost, expected } of [
    { what: "an expired token cost one refresh", lost: false, expected: { refresh: 1 } },
    {
      what: "lost tokens cost one recovery",
      lost: true,
      expected: { refresh: 1, reconnect: 1, exchange: 1 },
    },
  ]
) {
  Deno.test({
    name:
      `8 processes with 125 callers each, on one Deno KV file: ${what}, and no refresh token is spent twice`,
    permissions: { ...permissions, net: [...permissions.net] },
    async fn() {
      const directory = await Deno.makeTempDir();
      const sandbox = createSandbox({ rateLimit: false, latencyMs: 20 });
      const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, sandbox.handler);
      try {
        const database = `${directory}/kv.db`;
        await saveExpired(sandbox, database);
        if (lost) sandbox.loseTokens();
        const baseUrl = `http://127.0.0.1:${server.addr.port}`;
        const processes = Array.from({ length: PROCESSES }, () => start(sandbox, database, baseUrl));
        const tokens = await Promise.all(await startTogether(processes));

        const all = new Set(tokens.flat());
        assert.equal(all.size, 1, "every caller of every process has the same token");
        assert.ok(sandbox.isLiving([...all][0] ?? ""));
        assert.deepEqual(traffic(sandbox), expected);
        assert.equal(sandbox.counts.spentRefreshTokenUses, 0);
      } finally {
        await server.shutdown();
        await Deno.remove(directory, { recursive: true });
      }
    },
  });
}

async function saveExpired(sandbox: Sandbox, database: string): Promise<void> {
  using kv = await Deno.openKv(database);
  const connections = new Connections({
    app: { ...sandbox.app, fetch: sandbox.fetch },
    store: new DenoKvStore(kv),
  });
  await connections.save(
    LOCATION,
    tokenSetFrom(sandbox.install(LOCATION), Date.now() - 86_400_000, "Location"),
  );
  sandbox.expireAccessTokens();
}

interface Process {
  readonly child: Deno.ChildProcess;
  readonly lines: ReadableStreamDefaultReader<string>;
}

function start({ app }: Sandbox, database: string, baseUrl: string): Process {
  const script = new URL("processes_worker.ts", import.meta.url).href;
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-A",
      "--no-lock",
      "--no-check",
      "--unstable-kv",
      script,
      database,
      baseUrl,
      app.clientId,
      app.clientSecret,
      LOCATION.locationId,
      String(CALLERS),
    ],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  return { child, lines: child.stdout.pipeThrough(new TextDecoderStream()).getReader() };
}

/** Lets all processes go once all are ready; each gives the different tokens that its callers got. */
async function startTogether(processes: readonly Process[]): Promise<Promise<string[]>[]> {
  for (const { lines } of processes) assert.equal((await lines.read()).value?.trim(), "ready");
  return processes.map(async ({ child, lines }) => {
    const writer = child.stdin.getWriter();
    await writer.write(new Uint8Array(1));
    await writer.close();
    let text = "";
    for (let chunk = await lines.read(); !chunk.done; chunk = await lines.read()) text += chunk.value;
    assert.ok((await child.status).success);
    const tokens: unknown = JSON.parse(text);
    assert.ok(Array.isArray(tokens));
    return tokens.map(String);
  });
}
