import assert from "node:assert/strict";
import { parserText } from "../../src/cli/words/parser_text.ts";
import { CommanderError } from "../../src/cli/commander.ts";
import { WORDS, wordsFor } from "../../src/cli/words/words.ts";

/** What every function of the words may be called with: counts, names, lists. */
const SAMPLES: readonly unknown[][] = [
  [1, 2, 3, 1, 1],
  [0, 0, 0, 0, 0],
  [5, 0, 1, 0, 0],
  ["a name", "another", "a third", "x", "y"],
  [["one", "two"], ["three"], true],
];

/** Paths of all texts in `words`, a function's by what it says to each of the samples that it takes. */
function textsOf(words: unknown, path = ""): [path: string, text: string][] {
  if (typeof words === "string") return [[path, words]];
  if (typeof words === "function") {
    return SAMPLES.flatMap((sample, index): [string, string][] => {
      try {
        const text: unknown = words(...sample);
        // One that it was not made for shows.
        const isMeant = typeof text === "string" && !/undefined|NaN|\[object/.test(text);
        return isMeant ? [[`${path}(${index})`, text]] : [];
      } catch {
        return []; // takes something else
      }
    });
  }
  if (typeof words !== "object" || words === null) return [];
  return Object.entries(words).flatMap(([key, value]) => textsOf(value, path ? `${path}.${key}` : key));
}

function keysOf(words: unknown, path = ""): string[] {
  if (typeof words !== "object" || words === null) return [path];
  return Object.entries(words).flatMap(([key, value]) => keysOf(value, `${path}.${key}`));
}

/** Languages differ in what their own words need: English errors are English already. */
const OF_ONE_LANGUAGE = /^\.(codes|usage\.parser|help\.titles)\b/;

Deno.test("every language says the same things, and leaves no placeholder", () => {
  const [en, ko] = [WORDS.en, WORDS.ko].map((words) =>
    keysOf(words).filter((key) => !OF_ONE_LANGUAGE.test(key)).sort()
  );
  assert.deepEqual(ko, en);
  for (const [language, words] of Object.entries(WORDS)) {
    const texts = textsOf(words);
    assert.ok(texts.length > 400, `${language}: ${texts.length} texts`);
    for (const [path, text] of texts) {
      assert.doesNotMatch(text, /\{\w*\}|TODO/, `${language} ${path}: ${text}`);
      assert.ok(text !== "" || /\.after$|\([0-9]\)$/.test(path), `${language} ${path} is empty`);
      assert.doesNotMatch(text.trim(), /[^\S\n]{2,}$| ,|,,|\.\.(?!\.)/, `${language} ${path}: ${text}`);
    }
  }
});

const SAMPLE_TEXTS = /a name|another|a third|one|two|three|true/g;

/** The same in Korean: signs, names and terms of the field. */
const SAME_IN_KOREAN = /^(ID|JSON|NAME=value|HighLevel|Reconnect|\P{L}*|[A-Z_]+)$/u;

Deno.test("Korean is Korean: no English text is left among its words", () => {
  const english = new Map(textsOf(WORDS.en));
  for (const [path, text] of textsOf(WORDS.ko)) {
    if (path === "code" || SAME_IN_KOREAN.test(text) || !/[a-z]{3}/.test(text.replace(SAMPLE_TEXTS, ""))) {
      continue;
    }
    assert.notEqual(text, english.get(path), path);
    assert.match(text, /[가-힣]/, path);
  }
});

Deno.test("a particle of Korean never follows a value, whose last sound decides it", () => {
  for (const [path, text] of textsOf(WORDS.ko)) {
    assert.doesNotMatch(
      text,
      /(a name|another|a third|two|three)(을|를|이|가|은|는|과|와|로|으로)(?=[\s,.)])/,
      path,
    );
  }
});

Deno.test("the language is --lang's, else that of LC_ALL, LC_MESSAGES or LANG, else English", () => {
  const code = (args: readonly string[], env: Record<string, string> = {}): string =>
    wordsFor(args, env).code;
  assert.equal(code([]), "en");
  assert.equal(code(["list"], { LANG: "ko_KR.UTF-8" }), "ko");
  assert.equal(code(["list"], { LANG: "ko" }), "ko");
  assert.equal(code(["list"], { LANG: "kok_IN" }), "en", "Konkani is not Korean");
  assert.equal(code(["list"], { LANG: "ko_KR.UTF-8", LC_ALL: "C" }), "en");
  assert.equal(code(["list"], { LANG: "en_US.UTF-8", LC_MESSAGES: "ko_KR.UTF-8" }), "ko");
  assert.equal(code(["list", "--lang", "en"], { LANG: "ko_KR.UTF-8" }), "en");
  assert.equal(code(["--lang=ko", "list"]), "ko");
  assert.equal(
    code(["list", "--lang", "xx"], { LANG: "ko_KR.UTF-8" }),
    "ko",
    "the parser refuses xx, in Korean",
  );
});

const COMPLAINTS: readonly [code: string, message: string, korean: RegExp][] = [
  ["unknownOption", "error: unknown option '--fast'", /^알 수 없는 옵션입니다: --fast$/],
  ["missingArgument", "error: missing required argument 'path'", /^필요한 인수가 없습니다: path$/],
  [
    "invalidArgument",
    "error: option '--status <status>' argument 'lost' is invalid. Allowed choices are connected, broken.",
    /--status <status>의 값이 올바르지 않습니다: lost\. 사용할 수 있는 값: connected, broken\.$/,
  ],
  [
    "conflictingOption",
    "error: option '--worker <url>' cannot be used with option '--store <address>'",
    /: --worker <url>, --store <address>$/,
  ],
];

Deno.test("what the parser complains about shows no value that may be or hold a secret", () => {
  const { en, ko } = WORDS;
  const bad = (flags: string): CommanderError =>
    new CommanderError(
      1,
      "commander.invalidArgument",
      `error: option '${flags}' argument 'x://u:it's a secret@db' is invalid. It must be.`,
    );
  for (const flags of ["--store <address>", "--worker <url>", "--base-url <url>"]) {
    assert.equal(parserText(bad(flags), en), `option '${flags}' argument '…' is invalid. It must be.`);
    assert.equal(parserText(bad(flags), ko), `옵션 ${flags}의 값이 올바르지 않습니다. It must be.`);
  }
  const unknown = new CommanderError(
    1,
    "commander.unknownOption",
    "error: unknown option '--client-secret=it's'",
  );
  assert.equal(parserText(unknown, en), "unknown option '--client-secret=…'");
  assert.equal(parserText(unknown, ko), "알 수 없는 옵션입니다: --client-secret=…");
});

Deno.test("what the parser complains about is told in the reader's language", () => {
  for (const [code, message, korean] of COMPLAINTS) {
    const error = new CommanderError(1, `commander.${code}`, message);
    assert.match(parserText(error, WORDS.ko), korean);
    assert.equal(parserText(error, WORDS.en), message.replace("error: ", ""));
  }
});
