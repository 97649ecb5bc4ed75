import { bundled } from "./bundle.ts";
import { EDGE_RUNTIME, installed, NODE, nodePath } from "./installed.ts";
import { resultsIn, type Runtime } from "./runtime.ts";

const SOURCE = `
  import { runConformance } from "./tests/conformance/suite.ts";
  const answer = async () => new Response(JSON.stringify(await runConformance()));
  addEventListener("fetch", (event) => event.respondWith(answer()));
`;

/** The edge runtime of Vercel and Next.js, served by its own command line. */
export const edgeRuntime: Runtime = {
  name: `edge-runtime ${EDGE_RUNTIME.version}`,
  missing: NODE.package ? undefined : "it needs Node, which npm has not for this platform",
  async run() {
    const folder = await installed({ [EDGE_RUNTIME.package]: EDGE_RUNTIME.version });
    const script = await Deno.makeTempFile({ suffix: ".js" });
    await Deno.writeTextFile(script, await bundled(SOURCE, "iife"));
    const server = new Deno.Command(await nodePath() ?? "node", {
      args: [`${folder}/node_modules/edge-runtime/dist/cli/index.js`, "--listen", "--port", "0", script],
      env: { NO_COLOR: "1" },
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    try {
      return resultsIn(await (await fetch(await addressOf(server.stdout))).text());
    } finally {
      server.kill();
      await server.status;
      await Deno.remove(script);
    }
  },
};

/** The address that the server says it listens on. */
async function addressOf(stdout: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<string> {
  let text = "";
  for await (const part of stdout.pipeThrough(new TextDecoderStream())) {
    text += part;
    const address = /http:\/\/[\d.]+:\d+/.exec(text)?.[0];
    if (address) return address;
  }
  throw new Error(`edge-runtime did not start: ${text}`);
}
