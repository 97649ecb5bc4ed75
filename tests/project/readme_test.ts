import assert from "node:assert/strict";
import english from "../../src/worker/assets/words.en.json" with { type: "json" };
import korean from "../../src/worker/assets/words.ko.json" with { type: "json" };

const ROOT = new URL("../../", import.meta.url);
const read = (path: string): Promise<string> => Deno.readTextFile(new URL(path, ROOT));

const READMES = ["README.md", "README.ko.md"];
/** The first look at the project, and every guide. */
const TEXTS = [
  ...READMES,
  ...[...Deno.readDirSync(new URL("docs", ROOT))].map(({ name }) => `docs/${name}`).filter((path) =>
    path.endsWith(".md")
  ).sort(),
];

/** Codes that the type lists. */
async function errorCodes(): Promise<string[]> {
  const [, list = ""] =
    /type HighLevelErrorCode =([^;]+);/.exec(await read("src/oauth/highlevel_error.ts")) ?? [];
  return [...list.matchAll(/"(\w+)"/g)].map(([, code = ""]) => code);
}

/** Every text of a language's words. */
function textsOf(words: unknown): string[] {
  return typeof words === "string" ? [words] : Object.values(words ?? {}).flatMap(textsOf);
}

for (const [path, words] of [["docs/SUPPORT.md", english], ["docs/SUPPORT.ko.md", korean]] as const) {
  Deno.test(`${path} tells cause and next step of every error code`, async () => {
    const text = await read(path);
    const codes = await errorCodes();
    assert.equal(codes.length, 17);
    for (const code of codes) {
      assert.match(text, new RegExp(`^\\| \`${code}\` \\| [^|]+ \\| [^|]+ \\|$`, "m"), code);
    }
  });

  Deno.test(`${path} calls buttons and states what the dashboard calls them`, async () => {
    const texts = textsOf(words);
    const [, guide = ""] = /^## ([^]*?)^## .*(?:codes|코드)$/m.exec(await read(path)) ?? [];
    const named = [...guide.matchAll(/\*\*(.+?)\*\*|\*([^*\n]+)\*/g)].map(([, bold, slanted]) =>
      bold ?? slanted ?? ""
    );
    assert.ok(named.length > 20, `${named.length}`);
    for (const name of named) {
      const isShown = texts.some((text) => text.replace(/ ?\(.*\)$/, "") === name);
      assert.ok(isShown, `the dashboard does not say: ${name}`);
    }
  });
}

for (const path of READMES) {
  Deno.test(`${path} is two screens, and its first one has a picture and how to install`, async () => {
    const lines = (await read(path)).split("\n");
    assert.ok(lines.length < 110, `${lines.length} lines`);
    const first = lines.slice(0, 30).join("\n");
    const [, picture = ""] = /^!\[[^\]]{20,}\]\((docs\/[\w.]+\.webp)\)$/m.exec(first) ?? [];
    const { size } = await Deno.stat(new URL(picture, ROOT));
    assert.ok(picture !== "" && size < 500_000, `${picture}: ${size} bytes`);
    assert.match(first, /npm install -g \.\/npm[^]+npm install @reconnect\/highlevel[^]+task demo --keep/);
  });
}

Deno.test("links for people are only shown where they can be: with scopes", async () => {
  for (const path of TEXTS) {
    for (const [, code = ""] of (await read(path)).matchAll(/^```ts\n([^]*?)^```$/gm)) {
      if (code.includes("authorizationUrl")) assert.match(code, /\bscope\b/, path);
    }
  }
});

Deno.test("what is bold is bold: its end is no punctuation with a letter behind it, as Markdown has it", async () => {
  for (const path of TEXTS) {
    const text = (await read(path)).replace(/```[^]*?```|`[^`\n]*`/g, "x");
    for (const [, bold = "", next = ""] of text.matchAll(/\*\*([^*\n]+)\*\*(.?)/gu)) {
      assert.ok(!/\p{P}$/u.test(bold) || !/[\p{L}\p{N}]/u.test(next), `${path}: **${bold}**${next}`);
    }
  }
});

for (const path of TEXTS) {
  Deno.test(`${path} names only tasks that exist, and the versions that deno.json pins`, async () => {
    const text = await read(path);
    const { tasks, imports } = JSON.parse(await read("deno.json"));
    for (const [, task = ""] of text.matchAll(/deno(?:@[\d.]+)? task ([\w:]+)/g)) {
      assert.ok(task in tasks, task);
    }
    for (const [, name = "", version = ""] of text.matchAll(/\b(wrangler|miniflare)[@ ](\d[\w.-]*\w)/g)) {
      assert.equal(imports[name], `npm:${name}@${version}`);
    }
  });
}

Deno.test("the texts name only commands that there are, with flags that they take", async () => {
  const sections = new Map(
    (await read("docs/CLI.md")).split(/^## /m).map((text) => {
      const [heading = ""] = text.split("\n", 1);
      return [heading, new Set(text.match(/--[a-z][a-z-]*/g))] as const;
    }),
  );
  let count = 0;
  for (const path of TEXTS) {
    if (path === "docs/CLI.md") continue;
    const lines = (await read(path)).matchAll(/(?:highlevel-reconnect|deno task cli) ([a-z][^`#|…\n]*)/g);
    for (const [line, words = ""] of lines) {
      const [command = "", second = ""] = words.split(" ");
      const flags = sections.get(`${command} ${second}`) ?? sections.get(command);
      assert.ok(flags, `${path}: ${line}`);
      for (const [flag] of words.matchAll(/--[a-z][a-z-]*/g)) assert.ok(flags.has(flag), `${path}: ${line}`);
      count++;
    }
  }
  assert.ok(count > 20, `${count}`);
});
