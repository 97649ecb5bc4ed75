import { AUTOCANNON, folderOf } from "../peers.ts";

/** What a load run found. */
export interface Load {
  /** Requests answered per second. */
  readonly perSecond: number;
  /** 99 of 100 answers came within, ms. */
  readonly p99Ms: number;
}

/** Makes load on a URL, with a bearer key. */
export interface LoadGenerator {
  /** What makes it. */
  readonly name: string;
  /** Runs for `seconds`. */
  run(url: string, key: string, seconds: number): Promise<Load>;
}

const CONNECTIONS = 16;

/** wrk where the machine has it, which leaves most of the machine to workerd; else autocannon. */
export async function loadGenerator(): Promise<LoadGenerator> {
  const found = await output("wrk", ["--version"]).catch(() => undefined);
  return found === undefined ? autocannon(await folderOf(AUTOCANNON)) : wrk;
}

const wrk: LoadGenerator = {
  name: `wrk, ${CONNECTIONS} connections`,
  async run(url, key, seconds) {
    const text = await output("wrk", [
      ...["-t", "1", "-c", String(CONNECTIONS), "-d", `${seconds}s`, "--latency"],
      ...["-H", `Authorization: Bearer ${key}`, url],
    ]);
    if (/Non-2xx|Socket errors/.test(text)) throw new Error(`not every request was answered:\n${text}`);
    const [, amount = "", unit = ""] = /99%\s+([\d.]+)(us|ms|s)/.exec(text) ?? [];
    const [, perSecond = ""] = /Requests\/sec:\s+([\d.]+)/.exec(text) ?? [];
    return {
      perSecond: Number(perSecond),
      p99Ms: Number(amount) * (unit === "us" ? 0.001 : unit === "s" ? 1_000 : 1),
    };
  },
};

function autocannon(folder: string): LoadGenerator {
  return {
    name: `${AUTOCANNON.name} ${AUTOCANNON.version}, ${CONNECTIONS} connections`,
    async run(url, key, seconds) {
      const text = await output(Deno.execPath(), [
        ...["run", "-A", "--quiet", `${folder}/node_modules/autocannon/autocannon.js`, "--json"],
        ...["-c", String(CONNECTIONS), "-d", String(seconds), "-H", `Authorization=Bearer ${key}`, url],
      ], folder);
      const told: {
        readonly requests: { readonly average: number };
        readonly latency: { readonly p99: number };
        readonly non2xx: number;
        readonly errors: number;
      } = JSON.parse(text.trim().split("\n").at(-1) ?? "");
      if (told.non2xx > 0 || told.errors > 0) throw new Error("not every request was answered");
      return { perSecond: told.requests.average, p99Ms: told.latency.p99 };
    },
  };
}

async function output(command: string, args: readonly string[], cwd?: string): Promise<string> {
  const { stdout, stderr } = await new Deno.Command(command, {
    args: [...args],
    stdin: "null",
    ...(cwd !== undefined && { cwd }),
  }).output();
  const decoder = new TextDecoder();
  return decoder.decode(stdout) || decoder.decode(stderr);
}
