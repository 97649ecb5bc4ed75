import { ok } from "node:assert/strict";
import { ROOT } from "./root.ts";

/** What the worker stores under a name, as its sources say it. */
const NAMED: readonly (readonly [what: string, pattern: RegExp])[] = [
  ["table", /CREATE (?:VIRTUAL )?TABLE (?:IF NOT EXISTS )?(\w+)/g],
  ["cookie", /"(highlevel_(?:session|language))"|`(highlevel_state)_/g],
  ["key of KV", /return `(\w+)\/\$\{(?:id|nonce)\}`/g],
];

Deno.test("docs/STORAGE.md names every table, cookie and key that the worker stores", async () => {
  const doc = await Deno.readTextFile(`${ROOT}/docs/STORAGE.md`);
  const sources = await sourcesIn(`${ROOT}/src/worker`);
  for (const [what, pattern] of NAMED) {
    const names = new Set([...sources.matchAll(pattern)].map(([, name, other]) => name ?? other ?? ""));
    ok(names.size > 0, `the sources have no ${what}`);
    for (const name of names) {
      ok(new RegExp("`" + name + "(?![a-z])").test(doc), `the ${what} ${name} is not listed`);
    }
  }
});

async function sourcesIn(folder: string): Promise<string> {
  let text = "";
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) text += await sourcesIn(`${folder}/${name}`);
    else if (/\.tsx?$/.test(name)) text += await Deno.readTextFile(`${folder}/${name}`);
  }
  return text;
}
