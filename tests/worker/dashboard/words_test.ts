import { deepEqual, equal, match, notEqual, ok } from "node:assert/strict";
import en from "../../../src/worker/assets/words.en.json" with { type: "json" };
import ko from "../../../src/worker/assets/words.ko.json" with { type: "json" };
import { en as customerEn } from "../../../src/worker/customer/words/en.ts";
import { en as cliEn } from "../../../src/cli/words/en.ts";
import { ko as cliKo } from "../../../src/cli/words/ko.ts";
import { CUSTOMER_WORDS } from "../../../src/worker/customer/words.ts";
import { fill, fillCount } from "../../../src/worker/dashboard/fill.ts";
import { LANGUAGES } from "../../../src/worker/dashboard/language.ts";
import { STATUS_ORDER } from "../../../src/worker/directory/status_order.ts";
import { apiFiles } from "../../../tasks/openapi/files.ts";
import { ROOT } from "../../project/root.ts";

const DASHBOARD = new Map<string, object>([["en", en], ["ko", ko]]);
const PLURAL_FORMS = ["zero", "one", "two", "few", "many", "other"];

/** Every text by its path, with the placeholders in it. Forms of one plural count as one text. */
function textsOf(
  words: object,
  path: readonly string[] = [],
): Map<string, { texts: string[]; forms?: string[] }> {
  const found = new Map<string, { texts: string[]; forms?: string[] }>();
  for (const [key, value] of Object.entries(words)) {
    const here = [...path, key];
    if (typeof value === "string") found.set(here.join("."), { texts: [value] });
    else if ("other" in value && Object.keys(value).every((form) => PLURAL_FORMS.includes(form))) {
      found.set(here.join("."), { texts: Object.values(value).map(String), forms: Object.keys(value) });
    } else for (const [inner, text] of textsOf(value, here)) found.set(inner, text);
  }
  return found;
}

const placeholdersOf = (text: string): string[] => [...new Set(text.match(/\{\w+\}/g))].sort();

Deno.test("the dashboard says the same things in every language, with the same values in them", () => {
  deepEqual([...DASHBOARD.keys()], [...LANGUAGES.keys()]);
  const english = textsOf(en);
  for (const [code, words] of DASHBOARD) {
    const said = textsOf(words);
    deepEqual([...said.keys()].sort(), [...english.keys()].sort(), code);
    const plurals = new Intl.PluralRules(code).resolvedOptions().pluralCategories.toSorted();
    for (const [key, { texts, forms }] of said) {
      for (const text of texts) {
        notEqual(text.trim(), "", `${code} ${key}`);
        const expected = english.get(key)?.texts[0] ?? text;
        deepEqual(placeholdersOf(text), placeholdersOf(expected), `${code} ${key}`);
      }
      if (forms) deepEqual(forms.toSorted(), plurals, `${code} ${key} has the plurals of its language`);
    }
  }
});

Deno.test("customers read the same things in every language, with the same values in them", () => {
  for (const words of CUSTOMER_WORDS) {
    for (const [key, english] of Object.entries(customerEn)) {
      const text: unknown = Reflect.get(words, key);
      equal(typeof text, "string", key);
      deepEqual(placeholdersOf(String(text)), placeholdersOf(english), `${words.code} ${key}`);
    }
  }
});

Deno.test("every error that a connection can have is explained, and none that does not exist", async () => {
  const source = await Deno.readTextFile(`${ROOT}/src/oauth/highlevel_error.ts`);
  const [, list = ""] = /type HighLevelErrorCode =([^;]+);/.exec(source) ?? [];
  const codes = [...list.matchAll(/"(\w+)"/g)].map(([, code = ""]) => code);
  const ofConnections = codes.filter((code) => code !== "invalid_webhook").sort();
  const causes = ["", ...ofConnections, "suspended"].sort(); // the one reason that has words of its own
  for (const words of [en, ko]) deepEqual(Object.keys(words.causes).sort(), causes);
});

Deno.test("no word of the dashboard is left over", async () => {
  const sources = await sourcesIn(`${ROOT}/src/worker`);
  const families = [/^(\w+)Long$/, /^(pause|resume)Job$/]; // `words[`${status}Long`]`, `words[`${name}Job`]`
  for (const [path] of textsOf(en)) {
    if (path.startsWith("causes.")) continue; // one for each error
    const keys = path.split(".");
    const isUsed = keys.every((key) =>
      new RegExp(`\\b${key}\\b`).test(sources) || families.some((family) => family.test(key))
    );
    ok(isUsed, `${path} is not used`);
  }
});

Deno.test("what stands before a time names a time, so that the two never read as their opposite", async () => {
  // "토큰 만료 · 8분 전" would be 8 minutes before it: a label ends with "시각", and a sentence has the time inside it.
  const columns = ["since", "started", "time", "updated", "refreshToken"];
  const sources = await sourcesIn(`${ROOT}/src/worker/dashboard`);
  const before = /words\.(\w+)\}?>?[\s)]*(?:\{" "\}\s*)?(?:[?] )?<(?:Exact)?Moment/g;
  const labels = [...sources.matchAll(before)].map(([, key = ""]) => key);
  ok(labels.includes("since") && labels.includes("refreshToken"), labels.join(" "));
  for (const key of new Set([...columns, ...labels])) {
    match(String(Reflect.get(ko, key)), /시각$|기한:$/, key);
  }
  match(ko.sending.happened, /시각$/);
});

Deno.test("a person's word for each status is its own, and the same wherever it is shown", () => {
  for (const { connected, broken, paused, reauthorization_required: person, forgotten, events } of [en, ko]) {
    equal(new Set([connected, broken, paused, person, forgotten]).size, 5);
    equal(events.reauthorization_required, person);
  }
});

Deno.test("the command line and the API's page use the dashboard's word for each status and event", () => {
  for (const [words, cli, code] of [[en, cliEn, "en"], [ko, cliKo, "ko"]] as const) {
    const page = apiFiles().get(`api.${code}.html`) ?? "";
    const lower = (text: string): string =>
      text.replace(/^[A-Z](?!econnect)/, (first) => first.toLowerCase());
    for (const [type, text] of Object.entries(words.events)) {
      equal(cli.health.show.events[type], lower(text), `${code} ${type}`);
    }
    for (const [problem, text] of Object.entries(words.sending.problems)) {
      equal(cli.health.problems[problem]?.("{status}"), text, `${code} ${problem}`);
    }
    for (const status of STATUS_ORDER) {
      equal(cli.states[status], words[status].toLowerCase(), `${code} ${status}`);
      ok(page.includes(`<code>${status}</code></dt><dd>${words[status]}</dd>`), `${code} ${status}`);
    }
  }
});

Deno.test("values take the place of placeholders once, numbers as the reader writes them", () => {
  const view = { words: en, locale: "en-gb", zone: "UTC", base: "", path: "/", role: undefined, now: 0 };
  equal(fill(view, en.shown, { from: 1, to: 1_000, of: 20_000 }), "1–1,000 of 20,000");
  equal(fill(view, en.forgetTitle, { who: "{who} & $& Sons" }), "Forget \u2068{who} & $& Sons\u2069?");
  equal(fill(view, en.ended, { done: 1 }), "1 of {total}");
  equal(fillCount(view, en.planLink, 1), "1 connection needs reauthorization.");
  equal(fillCount(view, en.planLink, 0), "0 connections need reauthorization.");
  equal(
    fillCount({ ...view, words: ko, locale: "ko" }, ko.planLink, 1),
    "재승인이 필요한 연결이 1개 있습니다.",
  );
});

async function sourcesIn(folder: string): Promise<string> {
  let text = "";
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory && name !== "assets") text += await sourcesIn(`${folder}/${name}`);
    else if (/\.tsx?$/.test(name)) text += await Deno.readTextFile(`${folder}/${name}`);
  }
  return text;
}
