import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import { bundled } from "./bundle.ts";
import { resultsIn, type Runtime } from "./runtime.ts";

const SOURCE = `
  import { runConformance } from "./tests/conformance/suite.ts";
  export default { fetch: async () => Response.json(await runConformance()) };
`;

/** Cloudflare Workers, without any compatibility flag. */
export const workerd: Runtime = {
  name: "workerd",
  async run() {
    const miniflare = new Miniflare(convertV4MiniflareOptions({
      modules: [{ type: "ESModule", path: "worker.js", contents: await bundled(SOURCE, "esm") }],
      compatibilityDate: "2026-11-17",
    }));
    try {
      return resultsIn(await (await fetch(await miniflare.ready)).text());
    } finally {
      await miniflare.dispose();
    }
  },
};
