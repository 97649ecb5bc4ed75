import { createSandbox } from "../../../src/sandbox/mod.ts";
import type { Contender } from "./contender.ts";
import { isAlive, type Played, serve, tokenRequests } from "./play.ts";
import { LOCATION } from "./scenarios.ts";

const PROCESSES = 8;
const CALLERS = 125;

/** Eight processes with 125 callers each find an expired token in one Deno KV file, at the same moment. */
export async function playProcesses(
  contender: Contender,
  which: "ours" | "sdk",
  refreshWindowMs: number,
): Promise<Played> {
  const sandbox = createSandbox({ rateLimit: false, latencyMs: 20, refreshWindowMs });
  await using server = serve(sandbox);
  const app = { ...sandbox.app, baseUrl: server.url };
  const folder = await Deno.makeTempDir({ prefix: "highlevel-bench-" });
  const database = `${folder}/kv.db`;
  try {
    {
      using kv = await Deno.openKv(database);
      await contender.onKv(app, kv).save(LOCATION, sandbox.install(LOCATION), "expired");
      sandbox.expireAccessTokens();
    }
    const args = [which, database, server.url, app.clientId, app.clientSecret, String(CALLERS)];
    const processes = Array.from({ length: PROCESSES }, () => start(args));
    for (const { lines } of processes) await lines.read(); // each says that it is ready
    const failures = await Promise.all(processes.map(release));
    const played = {
      requests: tokenRequests(sandbox),
      reused: sandbox.counts.spentRefreshTokenUses,
      repeated: sandbox.counts.windowRepeats,
      failed: failures.reduce((sum, each) => sum + each, 0),
    };
    using kv = await Deno.openKv(database);
    return { ...played, isAlive: await isAlive(sandbox, () => contender.onKv(app, kv)) };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

interface Process {
  readonly child: Deno.ChildProcess;
  readonly lines: ReadableStreamDefaultReader<string>;
}

function start(args: readonly string[]): Process {
  const script = new URL("process.ts", import.meta.url).href;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", "--quiet", "--unstable-kv", script, ...args],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  return { child, lines: child.stdout.pipeThrough(new TextDecoderStream()).getReader() };
}

/** Lets a process go; gives how many of its callers failed. */
async function release({ child, lines }: Process): Promise<number> {
  const writer = child.stdin.getWriter();
  await writer.write(new Uint8Array(1));
  await writer.close();
  let text = "";
  for (let chunk = await lines.read(); !chunk.done; chunk = await lines.read()) text += chunk.value;
  const failed = Number(text.trim() || NaN);
  return (await child.status).success && !Number.isNaN(failed) ? failed : CALLERS;
}
