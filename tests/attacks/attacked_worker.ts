// The deployed worker in real workerd, as an attacker meets it.
import { createSandbox, type Sandbox } from "../../src/sandbox/mod.ts";
import { type KillableWorker, killableWorker } from "../faults/killable_worker.ts";

/** A worker and what an attack may leave behind. */
export interface AttackedWorker extends AsyncDisposable {
  readonly worker: KillableWorker;
  readonly sandbox: Sandbox;
  /** Addresses of all requests that left the worker. */
  readonly sent: string[];
  /** Folder with everything it keeps. */
  readonly folder: string;
}

/** Starts the worker with a connected agency, its connected location `victim`, and one more, `other`. */
export async function attackedWorker(): Promise<AttackedWorker> {
  const sandbox = createSandbox({
    rateLimit: false,
    seed: 11,
    app: { redirectUri: "https://worker.example/oauth/callback" },
    companies: [{ companyId: "agency", locations: [{ locationId: "victim" }, { locationId: "other" }] }],
    keepRequests: 10_000,
    keepBodies: 10_000,
  });
  const folder = await Deno.makeTempDir({ prefix: "highlevel-attack-" });
  const sent: string[] = [];
  const worker = await killableWorker({
    sandbox,
    persist: folder,
    entry: "src/worker/main.ts",
    onRequest: (url) => sent.push(url),
  });
  for (const path of ["/connections/company/agency", "/connections/location/victim"]) {
    const recovered = await worker.call(`${path}/recover`, { method: "POST" });
    await recovered.body?.cancel();
    if (recovered.status !== 200) throw new Error(`${path} is not connected: ${recovered.status}`);
  }
  return {
    worker,
    sandbox,
    sent,
    folder,
    async [Symbol.asyncDispose]() {
      await worker[Symbol.asyncDispose]();
      await Deno.remove(folder, { recursive: true });
    },
  };
}

/** Sends bytes as they are, which no `fetch` would, and returns what comes back. */
export async function sendRaw(url: URL, text: string): Promise<string> {
  using connection = await Deno.connect({ hostname: url.hostname, port: Number(url.port) });
  const decoder = new TextDecoder();
  const buffer = new Uint8Array(65_536);
  let answer = "";
  let timer: ReturnType<typeof setTimeout> | undefined;
  const silence = new Promise<null>((resolve) => timer = setTimeout(() => resolve(null), 10_000));
  try {
    await connection.write(Uint8Array.from(text, (char) => char.charCodeAt(0)));
    while (!isWhole(answer)) {
      const read = await Promise.race([connection.read(buffer), silence]);
      if (read === null) break;
      answer += decoder.decode(buffer.subarray(0, read), { stream: true });
    }
  } catch (error) {
    // A server may answer nonsense by hanging up.
    if (!(error instanceof Deno.errors.ConnectionReset || error instanceof Deno.errors.BrokenPipe)) {
      throw error;
    }
  } finally {
    clearTimeout(timer);
  }
  return answer;
}

/** The status of a raw answer; 0 where the server only hung up. */
export function statusOf(answer: string): number {
  return Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? 0);
}

function isWhole(answer: string): boolean {
  const end = answer.indexOf("\r\n\r\n");
  if (end < 0) return false;
  const length = /\r\ncontent-length: (\d+)/i.exec(answer.slice(0, end))?.[1];
  return length === undefined ? /\r\n0\r\n\r\n$/.test(answer) : answer.length >= end + 4 + Number(length);
}
