import { equal, ok } from "node:assert/strict";
import { experimental_getWranglerCommands } from "wrangler";
import { createSandbox } from "../../src/sandbox/mod.ts";
import { routes } from "../../src/worker/create_app.ts";
import { ROOT } from "../project/root.ts";
import { put } from "./calls.ts";
import { KEYS, SANDBOX_APP, startWorld } from "./worker_world.ts";

/*
 * docs/OPERATIONS.md: its commands run, and its list of open paths is what the routes say. So do the calls of docs/APP.md.
 */

const DOC = await Deno.readTextFile(`${ROOT}/docs/OPERATIONS.md`);
const APP_DOC = await Deno.readTextFile(`${ROOT}/docs/APP.md`);

/** The programs of the blocks: ours and curl are the real ones, wrangler's calls are noted, each on a line. */
const PROGRAMS = `
set -euo pipefail
highlevel-reconnect() { "$DENO" run --no-check -A --config "$ROOT/deno.json" "$ROOT/src/cli/main.ts" "$@" < /dev/null; }
curl() { command curl --silent --show-error --fail-with-body "$@"; }
npx() { echo "$@" >> "$CALLS"; }
`;

Deno.test("the commands of docs/OPERATIONS.md and docs/APP.md run, in their order; wrangler knows its own", async (t) => {
  const sandbox = createSandbox({ app: SANDBOX_APP });
  await using world = await startWorld({ sandbox });
  const location = sandbox.addLocation();
  const targets = [sandbox.addCompany(), sandbox.addLocation(), location];
  for (const target of targets) await put(world, target, sandbox.install(target));
  const url = (await world.miniflare.ready).origin;
  const folder = await Deno.makeTempDir();
  const calls = `${folder}/calls`;
  try {
    await Deno.writeTextFile(calls, "");
    const blocksOf = (text: string): string[] =>
      [...text.matchAll(/^```sh\n([^]*?)^```$/gm)].map(([, block = ""]) => block);
    const blocks = [...blocksOf(DOC), ...blocksOf(APP_DOC)];
    ok(blocksOf(DOC).length > 5 && blocksOf(APP_DOC).length > 0);
    // One shell: later blocks use what earlier ones exported. Pages are made small, so that there are two.
    const script = PROGRAMS + blocks.join("\n").replaceAll("limit=400", "limit=2");
    const { code, stdout, stderr } = await new Deno.Command("bash", {
      args: ["-c", script],
      cwd: folder,
      stdin: "null",
      clearEnv: true,
      env: {
        PATH: Deno.env.get("PATH") ?? "",
        HOME: Deno.env.get("HOME") ?? folder,
        ...{ DENO: Deno.execPath(), ROOT, CALLS: calls, URL: url, OLD: url, NEW: url, ADMIN_KEY: KEYS.admin },
        ...{ KEY: KEYS.admin, ID: location.locationId },
        SEALING_KEYS: "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
      },
    }).output();
    const said = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
    equal(code, 0, said);
    for (const page of ["page1", "page2"]) ok((await Deno.stat(`${folder}/${page}`)).size > 0, said);
    await t.step("wrangler has each command with its flags, in the version that is pinned", async () => {
      const { imports } = JSON.parse(await Deno.readTextFile(`${ROOT}/deno.json`));
      const lines = (await Deno.readTextFile(calls)).trim().split("\n");
      ok(lines.length > 5);
      for (const line of lines) {
        const [version = "", ...words] = line.split(" ");
        equal(`npm:${version}`, imports.wrangler, line);
        ok(isKnown(words), `wrangler has no such command or flag: ${line}`);
      }
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("paths that docs/OPERATIONS.md opens under Cloudflare Access are those that need neither key nor session", () => {
  const [, table = ""] = /^\| open path \|[^\n]*\n\|[-|]+\n([^]*?)\n\n/m.exec(DOC) ?? [];
  const open = [...table.matchAll(/`(\/[^`]*)`/g)].map(([, path = ""]) => path);
  ok(open.length > 5);
  const isOpen = (path: string): boolean =>
    open.some((one) => one.endsWith("*") ? path.startsWith(one.slice(0, -1)) : path === one);
  for (const { path, access, method } of routes) {
    const isForOutsiders = access === "none" || access === "signature" ||
      /^\/ui\/(style\.css|icon\.svg)$/.test(path);
    equal(isOpen(path), isForOutsiders, `${method} ${path} is for ${access}`);
  }
});

/** Whether `words`, without `wrangler`, are a command of its, with flags that it takes. */
function isKnown(words: readonly string[]): boolean {
  const { registry, globalFlags } = experimental_getWranglerCommands();
  let command = registry;
  let depth = 0;
  for (let next; (next = command.subtree.get(words[depth] ?? "")); depth++) command = next;
  const { definition } = command;
  const own = definition && "args" in definition ? definition.args : {};
  const flags = words.filter((word) => word.startsWith("--")).map((flag) =>
    flag.slice(2).split("=")[0] ?? ""
  );
  return command.subtree.size === 0 && depth > 0 && flags.every((flag) => flag in { ...globalFlags, ...own });
}
