import assert from "node:assert/strict";

const ROOT = new URL("../../", import.meta.url);
const read = (path: string): Promise<string> => Deno.readTextFile(new URL(path, ROOT));

/** Codes that the type lists. */
async function errorCodes(): Promise<string[]> {
  const [, list = ""] =
    /type HighLevelErrorCode =([^;]+);/.exec(await read("src/oauth/highlevel_error.ts")) ?? [];
  return [...list.matchAll(/"(\w+)"/g)].map(([, code = ""]) => code);
}

for (const path of ["README.md", "README.ko.md"]) {
  Deno.test(`${path} tells cause and next step of every error code`, async () => {
    const text = await read(path);
    const codes = await errorCodes();
    assert.equal(codes.length, 17);
    for (const code of codes) {
      assert.match(text, new RegExp(`^\\| \`${code}\` \\| [^|]+ \\| [^|]+ \\|$`, "m"), code);
    }
  });

  Deno.test(`${path} names only tasks and files that exist`, async () => {
    const text = await read(path);
    const { tasks } = JSON.parse(await read("deno.json"));
    for (const [, task = ""] of text.matchAll(/deno(?:@[\d.]+)? task ([\w:]+)/g)) {
      assert.ok(task in tasks, task);
    }
    for (const [, file = ""] of text.matchAll(/\]\((?!https?:|#)([^)]+)\)/g)) {
      await Deno.stat(new URL(file, ROOT));
    }
  });

  Deno.test(`${path} gives the versions that deno.json pins`, async () => {
    const { imports } = JSON.parse(await read("deno.json"));
    for (
      const [, name = "", version = ""] of (await read(path)).matchAll(
        /\b(wrangler|miniflare)[@ ](\d[\w.-]*\w)/g,
      )
    ) {
      assert.equal(imports[name], `npm:${name}@${version}`);
    }
  });
}
