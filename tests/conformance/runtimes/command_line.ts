import { ROOT } from "../../project/root.ts";
import { BUN, bunPath, NODE, nodePath, OLDEST_NODE, output } from "./installed.ts";
import { resultsIn, type Runtime } from "./runtime.ts";

const MAIN = `${ROOT}/tests/conformance/main.ts`;
const MAIN_SQL = `${ROOT}/tests/conformance/main_sql.ts`;

/** This Deno, without permissions and without configuration. */
export const deno = denoOn(MAIN);

/** Node, which strips the types of the same files. */
export const node = nodeOn(MAIN, NODE);

/** The oldest Node that the core is made for. */
export const oldestNode = nodeOn(MAIN, OLDEST_NODE);

/** Bun, which runs the same files. */
export const bun = bunOn(MAIN);

/** Where there is `node:sqlite`: the same checks over a SqlStore, and the store's contract. */
export const SQL_RUNTIMES: readonly Runtime[] = [
  denoOn(MAIN_SQL),
  nodeOn(MAIN_SQL, OLDEST_NODE),
  nodeOn(MAIN_SQL, NODE),
  bunOn(MAIN_SQL),
];

function denoOn(main: string): Runtime {
  const args = ["run", "--no-prompt", "--no-config", "--no-lock", main];
  return {
    name: `Deno ${Deno.version.deno}`,
    run: async () => resultsIn(await output(Deno.execPath(), args)),
  };
}

function nodeOn(main: string, node: typeof NODE): Runtime {
  return {
    name: `Node ${node.version}`,
    missing: node.package ? undefined : "npm has no Node for this platform",
    run: async () => resultsIn(await output(await nodePath(node) ?? "node", ["--no-warnings", main])),
  };
}

function bunOn(main: string): Runtime {
  return {
    name: `Bun ${BUN.version}`,
    missing: BUN.package ? undefined : "npm has no Bun for this platform",
    run: async () => resultsIn(await output(await bunPath() ?? "bun", [main])),
  };
}
