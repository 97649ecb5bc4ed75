import assert from "node:assert/strict";
import { createSandbox, type Sandbox, type SandboxOptions } from "../../src/sandbox/mod.ts";
import { ROOT } from "../project/root.ts";

/** The command line as people call it. */
export const MAIN = `${ROOT}/src/cli/main.ts`;

/** How a command ended and what it wrote. */
export interface Finished {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Options of a run. */
export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string | Uint8Array<ArrayBuffer>;
}

/** A sandbox on loopback, an empty folder, and the settings that lead a command there. */
export interface CliWorld extends AsyncDisposable {
  readonly sandbox: Sandbox;
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  /** Runs a command in the folder to its end; no secret may show in what it writes. */
  readonly run: (args: readonly string[], options?: RunOptions) => Promise<Finished>;
  /** Starts a command in the folder. */
  readonly start: (args: readonly string[], options?: RunOptions) => Deno.ChildProcess;
  /** Writes a file into the folder and returns its name. */
  readonly write: (name: string, text: string | Uint8Array) => string;
  /** Reads a file of the folder. */
  readonly read: (name: string) => string;
  /** Tokens that a store holds: those of every connection asked for. */
  readonly token: (locationId: string) => Promise<string>;
}

/** Makes a world whose locations have all lost their tokens. */
export function cliWorld(options: SandboxOptions = {}): CliWorld {
  const sandbox = createSandbox({ rateLimit: false, seed: 7, keepRequests: 10_000, ...options });
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
    const { method, headers, body, url } = request; // without the server's signal, of which Deno would warn
    return sandbox.handler(new Request(url, { method, headers, body }));
  });
  const folder = Deno.makeTempDirSync({ prefix: "highlevel-cli-" });
  const env = {
    HIGHLEVEL_BASE_URL: `http://127.0.0.1:${server.addr.port}`,
    HIGHLEVEL_CLIENT_ID: sandbox.app.clientId,
    HIGHLEVEL_CLIENT_SECRET: sandbox.app.clientSecret,
  };
  const start = (args: readonly string[], { env: more = {}, stdin }: RunOptions = {}): Deno.ChildProcess =>
    new Deno.Command(Deno.execPath(), {
      args: ["run", "--allow-all", "--no-check", "--quiet", MAIN, ...args],
      cwd: folder,
      clearEnv: true,
      env: { ...inherited(), ...env, ...more },
      stdin: stdin === undefined ? "null" : "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
  const run = async (args: readonly string[], given: RunOptions = {}): Promise<Finished> => {
    const child = start(args, given);
    if (given.stdin !== undefined) {
      const writer = child.stdin.getWriter();
      const { stdin } = given;
      await writer.write(typeof stdin === "string" ? new TextEncoder().encode(stdin) : stdin);
      await writer.close();
    }
    const finished = await finish(child);
    if (args[0] !== "token") assertNoSecret(sandbox, finished.out + finished.err);
    return finished;
  };
  return {
    sandbox,
    folder,
    env,
    start,
    run,
    write(name, text) {
      if (typeof text === "string") Deno.writeTextFileSync(`${folder}/${name}`, text);
      else Deno.writeFileSync(`${folder}/${name}`, text);
      return name;
    },
    read: (name) => Deno.readTextFileSync(`${folder}/${name}`),
    token: async (locationId) => (await run(["token", "--location", locationId])).out.trim(),
    async [Symbol.asyncDispose]() {
      await server.shutdown();
      Deno.removeSync(folder, { recursive: true });
    },
  };
}

/** Waits for the end of `child`. */
export async function finish(child: Deno.ChildProcess): Promise<Finished> {
  const { code, stdout, stderr } = await child.output();
  const decoder = new TextDecoder();
  return { code, out: decoder.decode(stdout), err: decoder.decode(stderr) };
}

/** Nothing that the sandbox ever issued may show, nor the app's secret. */
export function assertNoSecret(sandbox: Sandbox, text: string): void {
  for (const secret of [sandbox.app.clientSecret, ...sandbox.issuedSecrets()]) {
    assert.ok(!text.includes(secret), `a secret shows in: ${text.slice(0, 500)}`);
  }
  // A JWT, or how the sandbox's begin; what is sealed is base64 too, and may begin as others do.
  assert.ok(
    !/\beyJ[\w-]{20,}\.|eyJhbGciOiJ/.test(text),
    `something like a token shows in: ${text.slice(0, 500)}`,
  );
}

/** A CSV file with these locations. */
export function csvOf(ids: readonly string[]): string {
  return `locationId\n${ids.join("\n")}\n`;
}

/** The objects that a command wrote with `--json`. */
export function ndjson(text: string): Record<string, unknown>[] {
  return text.split("\n").filter(Boolean).map((line) => {
    const value: unknown = JSON.parse(line);
    assert.ok(typeof value === "object" && value !== null, `no object: ${line}`);
    return { ...value };
  });
}

/** `text` without what differs between runs: ids of requests, times, durations. */
export function golden(text: string): string {
  return text
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, "<trace>")
    .replace(/\d{4}-\d\d-\d\d \d\d:\d\d UTC/g, "<time>")
    .replace(/in \d+\.\d s/g, "in <time>")
    .replace(/[^\S\n]+$/gm, "")
    .replace(/<trace> +/g, "<trace>  ");
}

function inherited(): Record<string, string> {
  const names = ["PATH", "HOME", "DENO_DIR", "XDG_CACHE_HOME", "TMPDIR"];
  return Object.fromEntries(names.flatMap((name) => {
    const value = Deno.env.get(name);
    return value === undefined ? [] : [[name, value]];
  }));
}
