import { ROOT } from "../../project/root.ts";
import { BUN, bunPath, NODE, nodePath, OLDEST_NODE, output } from "./installed.ts";
import { resultsIn, type Runtime } from "./runtime.ts";

const MAIN = `${ROOT}/tests/conformance/main.ts`;

/** This Deno, without permissions and without configuration. */
export const deno: Runtime = {
  name: `Deno ${Deno.version.deno}`,
  run: async () =>
    resultsIn(await output(Deno.execPath(), ["run", "--no-prompt", "--no-config", "--no-lock", MAIN])),
};

/** Node, which strips the types of the same files. */
export const node = nodeOf(NODE);

/** The oldest Node that the core is made for. */
export const oldestNode = nodeOf(OLDEST_NODE);

/** Bun, which runs the same files. */
export const bun: Runtime = {
  name: `Bun ${BUN.version}`,
  missing: BUN.package ? undefined : "npm has no Bun for this platform",
  run: async () => resultsIn(await output(await bunPath() ?? "bun", [MAIN])),
};

function nodeOf(node: typeof NODE): Runtime {
  return {
    name: `Node ${node.version}`,
    missing: node.package ? undefined : "npm has no Node for this platform",
    run: async () => resultsIn(await output(await nodePath(node) ?? "node", ["--no-warnings", MAIN])),
  };
}
