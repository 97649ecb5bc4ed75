// Three real processes on one Deno KV file, their clocks a minute apart, that refresh one connection again and again.
import assert from "node:assert/strict";
import { Connections } from "../../src/connections/connections.ts";
import { tokenSetFrom } from "../../src/oauth/token_set.ts";
import { createSandbox, type Sandbox } from "../../src/sandbox/mod.ts";
import { DenoKvStore } from "../../src/stores/deno_kv_store.ts";

const LOCATION = { locationId: "restlessLocation" };
/** How far the clocks of the processes are ahead, ms. */
const AHEAD_MS = [-60_000, 0, 60_000];
/** So short that what one process holds for living has ended long ago for another one. */
const TOKEN_LIFE_SECONDS = 10;

/** Lets them run for `seconds`, and checks that no token was lost or spent twice: HighLevel forgives nothing. */
export async function threeProcesses(seconds: number): Promise<void> {
  const directory = await Deno.makeTempDir();
  const sandbox = createSandbox({
    rateLimit: false,
    latencyMs: 5,
    expiresIn: TOKEN_LIFE_SECONDS,
    refreshWindowMs: 0,
  });
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, sandbox.handler);
  try {
    const database = `${directory}/kv.db`;
    await withConnections(sandbox, database, (connections) => {
      const tokens = tokenSetFrom(sandbox.install(LOCATION), Date.now(), "Location");
      return connections.save(LOCATION, tokens);
    });
    const baseUrl = `http://127.0.0.1:${server.addr.port}`;
    const processes = AHEAD_MS.map((aheadMs) => run(sandbox, database, baseUrl, aheadMs, seconds));
    const outcomes = await Promise.all(processes);
    const { refresh, reconnect, spentRefreshTokenUses } = sandbox.counts;
    console.log(JSON.stringify({ seconds, refresh, reconnect, spentRefreshTokenUses, outcomes }));

    assert.ok(refresh > 2 * seconds, `${refresh} refreshes`);
    assert.deepEqual({ reconnect, spentRefreshTokenUses }, { reconnect: 0, spentRefreshTokenUses: 0 });
    for (const outcome of outcomes) assert.deepEqual(Object.keys(outcome), ["token"]);
    await withConnections(sandbox, database, async (connections) => {
      assert.equal((await connections.recover(LOCATION)).by, "refresh");
      assert.ok(sandbox.isLiving(await connections.accessToken(LOCATION)));
    });
  } finally {
    await server.shutdown();
    await Deno.remove(directory, { recursive: true });
  }
}

async function withConnections(
  { app, fetch }: Sandbox,
  database: string,
  use: (connections: Connections) => Promise<void>,
): Promise<void> {
  using kv = await Deno.openKv(database);
  await use(new Connections({ app: { ...app, fetch }, store: new DenoKvStore(kv) }));
}

/** Runs one process to its end; tells how its calls ended, and how many did so. */
async function run(
  { app }: Sandbox,
  database: string,
  baseUrl: string,
  aheadMs: number,
  seconds: number,
): Promise<Record<string, number>> {
  const script = new URL("three_processes_worker.ts", import.meta.url).href;
  const facts = [
    database,
    baseUrl,
    app.clientId,
    app.clientSecret,
    LOCATION.locationId,
    aheadMs,
    seconds * 1000,
  ];
  const { success, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-lock", "--no-check", "--unstable-kv", script, ...facts.map(String)],
    stdout: "piped",
    stderr: "inherit",
  }).output();
  assert.ok(success);
  return JSON.parse(new TextDecoder().decode(stdout));
}
