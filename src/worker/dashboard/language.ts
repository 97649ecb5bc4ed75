import { en, type Words } from "./words_en.ts";
import { ko } from "./words_ko.ts";

/** Languages of the dashboard by their code, with what each calls itself. */
export const LANGUAGES: ReadonlyMap<string, { readonly name: string; readonly words: Words }> = new Map([
  ["en", { name: "English", words: en }],
  ["ko", { name: "한국어", words: ko }],
]);

/** The words for a reader: the language chosen here, else the first of the browser's that is known, else English. */
export function wordsFor(chosen: string | undefined, acceptLanguage: string | undefined): Words {
  for (const code of [chosen ?? "", ...preferences(acceptLanguage ?? "")]) {
    const language = LANGUAGES.get(code);
    if (language) return language.words;
  }
  return en;
}

/** Codes of an `Accept-Language` header without regions, the dearest first. */
function preferences(header: string): string[] {
  return header.split(",")
    .map((part) => {
      const [tag = "", ...parameters] = part.trim().toLowerCase().split(";");
      const weight = parameters.map((one) => /^\s*q=([\d.]+)$/.exec(one)?.[1]).find(Boolean);
      return { code: tag.split("-")[0] ?? "", weight: Number(weight ?? 1) };
    })
    .filter(({ weight }) => weight > 0)
    .sort((one, other) => other.weight - one.weight)
    .map(({ code }) => code);
}
