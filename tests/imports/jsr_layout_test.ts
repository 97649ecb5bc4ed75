import assert from "node:assert/strict";
import config from "../../deno.json" with { type: "json" };
import { ROOT } from "../project/root.ts";
import { TEXTS } from "./published_texts.ts";

Deno.test("JSR would get what users need: sources, texts, and nothing that builds, tests or hides", async () => {
  const files = await publishedFiles();
  assert.ok(files.length > 100, `${files.length} files`);
  for (const path of Object.values(config.exports)) assert.ok(files.includes(path.slice(2)), path);
  const others = files.filter((path) =>
    !/^(mod\.ts|deno\.json|src\/[\w/]+(\.d)?\.tsx?|src\/worker\/assets\/[\w.]+)$/.test(path)
  );
  assert.deepEqual(others.sort(), TEXTS);
  assert.deepEqual(files.filter((path) => /_test\.|\.env|\.dev\.vars|secret/.test(path)), []);
});

Deno.test("what README links to in words is published with it", async () => {
  for (const readme of ["README.md", "README.ko.md"]) {
    const links = (await Deno.readTextFile(`${ROOT}/${readme}`)).matchAll(
      /(?<!!)\[[^\]]+\]\(([\w./]+\.(?:md|txt))\)/g,
    );
    const paths = [...links].map(([, path = ""]) => path);
    assert.ok(paths.length > 15, `${paths}`);
    assert.deepEqual(paths.filter((path) => !TEXTS.includes(path)), [], readme);
  }
});

Deno.test("no published file carries a key of ours or a way to this machine", async () => {
  for (const path of await publishedFiles()) {
    const text = await Deno.readTextFile(`${ROOT}/${path}`);
    assert.doesNotMatch(text, /-----BEGIN|\/home\/|\/root\/|\/work\//, path);
    assert.doesNotMatch(text, /eyJ[\w-]{20,}\.[\w-]{20,}/, path); // a JWT
  }
});

async function publishedFiles(): Promise<string[]> {
  const args = ["publish", "--dry-run", "--allow-dirty", "--no-check"];
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args,
    cwd: ROOT,
    env: { NO_COLOR: "1" },
  }).output();
  const told = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  assert.match(told, /Dry run complete/);
  return [...told.matchAll(/file:\/\/(\S+) \([\d.]+ ?[KM]?B\)/g)].map(([, path = ""]) =>
    path.slice(ROOT.length + 1)
  );
}
