import { launchChromium } from "../../launch_chromium.ts";
import { chromiumAt } from "../../programs.ts";
import { bundled } from "./bundle.ts";
import { resultsIn, type Runtime } from "./runtime.ts";

const SOURCE = `
  import { runConformance } from "./tests/conformance/suite.ts";
  postMessage(JSON.stringify(await runConformance()));
`;
/** Runs in the page: the module worker's one message, which the page keeps in its title. */
const PAGE = `<!doctype html><title></title><script type="module">
  const worker = new Worker("/suite.js", { type: "module" });
  worker.onmessage = ({ data }) => document.title = data;
  worker.onerror = ({ message }) => document.title = JSON.stringify({ message });
</script>`;

/** A module worker of a browser. */
export const chromium: Runtime = {
  name: "Chromium",
  missing: chromiumAt() ? undefined : "there is no Chromium",
  async run() {
    const script = await bundled(SOURCE, "esm");
    await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, ({ url }) => {
      const isScript = new URL(url).pathname === "/suite.js";
      const type = isScript ? "text/javascript" : "text/html";
      return new Response(isScript ? script : PAGE, { headers: { "Content-Type": type } });
    });
    const browser = await launchChromium();
    try {
      const page = await browser.newPage();
      page.setDefaultTimeout(180_000); // a busy machine takes its time
      await page.goto(`http://127.0.0.1:${server.addr.port}/`);
      await page.waitForFunction("document.title !== ''");
      return resultsIn(await page.title());
    } finally {
      await browser.close();
    }
  },
};
