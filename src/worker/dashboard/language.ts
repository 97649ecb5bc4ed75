import { en, type Words } from "./words_en.ts";
import { ko } from "./words_ko.ts";

/** Languages of the dashboard by their code, with what each calls itself. */
export const LANGUAGES: ReadonlyMap<string, { readonly name: string; readonly words: Words }> = new Map([
  ["en", { name: "English", words: en }],
  ["ko", { name: "한국어", words: ko }],
]);

/**
 * The words for a reader, in the language chosen here, else the first of the browser's that is known, else English;
 * and the locale for dates and numbers: the browser's of that language, with its region.
 */
export function readerOf(
  chosen: string | undefined,
  acceptLanguage: string | undefined,
): { readonly words: Words; readonly locale: string } {
  const tags = preferences(acceptLanguage ?? "");
  const codes = [chosen ?? "", ...tags.map(codeOf)];
  const words = codes.map((code) => LANGUAGES.get(code)?.words).find((found) => found !== undefined) ?? en;
  const locale = tags.find((tag) => codeOf(tag) === words.code) ?? words.code;
  return { words, locale };
}

function codeOf(tag: string): string {
  return tag.split("-", 1)[0] ?? "";
}

/** Language tags of an `Accept-Language` header, the dearest first; what is no tag is left out. */
function preferences(header: string): string[] {
  return header.split(",")
    .map((part) => {
      const [tag = "", ...parameters] = part.trim().toLowerCase().split(";");
      const weight = parameters.map((one) => /^\s*q=([\d.]+)$/.exec(one)?.[1]).find(Boolean);
      return { tag, weight: Number(weight ?? 1) };
    })
    .filter(({ tag, weight }) => weight > 0 && /^[a-z]{2}(-[a-z]{4})?(-[a-z]{2})?$/.test(tag))
    .sort((one, other) => other.weight - one.weight)
    .map(({ tag }) => tag);
}
