import { generateSealingKey } from "../mod.ts";
import { freePort } from "./free_port.ts";

const ROOT = new URL("../", import.meta.url);
const isUnix = Deno.build.os !== "windows";

/** Settings of a local worker, as `.dev.vars` holds them. */
export type DevVars = Readonly<Record<string, string>>;

/** A worker under `wrangler dev`. */
export interface LocalWorker extends AsyncDisposable {
  /** Where it answers. */
  readonly url: string;
  /** Resolves when it ends. */
  readonly ended: Promise<unknown>;
}

/** `.dev.vars`, with fresh random keys where there is no such file yet. */
export async function devVars(): Promise<DevVars> {
  const path = new URL(".dev.vars", ROOT);
  try {
    return parse(await Deno.readTextFile(path));
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  const vars = {
    ADMIN_KEY: randomKey("admin"),
    SERVICE_KEY: randomKey("service"),
    VIEWER_KEY: randomKey("viewer"),
    SEALING_KEYS: generateSealingKey(),
  };
  await Deno.writeTextFile(
    path,
    Object.entries(vars).map(([name, value]) => `${name}="${value}"\n`).join(""),
    { mode: 0o600 },
  );
  console.log("Wrote .dev.vars with fresh random keys.");
  return vars;
}

/** How {@linkcode startLocalWorker} runs it. */
export interface LocalWorkerOptions {
  /** Where it answers, on loopback. */
  readonly port: number;
  /** The folder of its state. */
  readonly state: string;
  /** Whether it says nothing. */
  readonly quiet: boolean;
  /** Ends it; a start that is under way rejects with the signal's reason. */
  readonly signal: AbortSignal;
}

/** Starts the worker of wrangler.toml in local workerd, with local KV, objects, queue and cron. */
export async function startLocalWorker(vars: DevVars, options: LocalWorkerOptions): Promise<LocalWorker> {
  const { signal } = options;
  signal.throwIfAborted();
  const envFile = await Deno.makeTempFile({ prefix: "highlevel-dev-", suffix: ".vars" });
  await Deno.chmod(envFile, 0o600);
  await Deno.writeTextFile(
    envFile,
    Object.entries(vars).map(([name, value]) => `${name}="${value}"\n`).join(""),
  );
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "-A", "npm:wrangler@4.164.0", "dev", "--env=", "--env-file", envFile],
      ...["--ip", "127.0.0.1", "--port", String(options.port), "--persist-to", options.state],
      // Wrangler's own choice, 9229, is one that two of them fight for.
      ...["--inspector-port", String(freePort()), "--show-interactive-dev-session=false"],
    ],
    cwd: ROOT,
    stdin: "null",
    stdout: options.quiet ? "null" : "inherit",
    stderr: options.quiet ? "null" : "inherit",
    env: {
      WRANGLER_SEND_METRICS: "false",
      CLOUDFLARE_CF_FETCH_ENABLED: "false",
      WRANGLER_LOG: options.quiet ? "error" : "warn",
      CI: "true",
    },
    signal,
    detached: isUnix,
  }).spawn();
  const url = `http://127.0.0.1:${options.port}`;
  // Wrangler that is ended while it starts workerd leaves workerd behind: its whole group goes with it.
  const ended = child.status.finally(() => isUnix && endGroup(child.pid));
  let isOver = false;
  ended.then(() => isOver = true);
  const stop = async (): Promise<void> => {
    if (!isOver) child.kill("SIGTERM");
    await ended;
    await Deno.remove(envFile).catch(() => {});
  };
  for (let tries = 0; tries < 300 && !isOver; tries++) {
    const response = await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(2_000) }).catch(() =>
      undefined
    );
    await response?.body?.cancel();
    if (response?.ok) return { url, ended, [Symbol.asyncDispose]: stop };
    if (response?.status === 503) {
      await stop();
      throw new Error("The worker is not set up: look at .dev.vars.");
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  const hasEnded = isOver;
  await stop();
  signal.throwIfAborted();
  throw new Error(
    hasEnded ? "Wrangler ended before the worker answered." : "The worker did not start within a minute.",
  );
}

/** Ends what is left of the process group of `pid`. */
function endGroup(pid: number): void {
  try {
    Deno.kill(-pid, "SIGKILL");
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

function randomKey(role: string): string {
  return `${role}-${crypto.randomUUID().replaceAll("-", "")}`;
}

function parse(text: string): DevVars {
  return Object.fromEntries(
    text.split("\n").flatMap((line) => {
      const [, name, value] = /^\s*([A-Z_]+)\s*=\s*"?([^"]*)"?\s*$/.exec(line) ?? [];
      return name && value !== undefined ? [[name, value]] : [];
    }),
  );
}
