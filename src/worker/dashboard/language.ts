import { acceptedLanguages, languageOf } from "../http/accepted_languages.ts";

/** Languages of the dashboard by their code, with what each calls itself. */
export const LANGUAGES: ReadonlyMap<string, string> = new Map([["en", "English"], ["ko", "한국어"]]);

/**
 * The language of a reader: the one chosen here, else the first of the browser's that is known, else English;
 * and the locale for dates and numbers: the browser's of that language, with its region.
 */
export function readerOf(
  chosen: string | undefined,
  acceptLanguage: string | undefined,
): { readonly language: string; readonly locale: string } {
  const tags = acceptedLanguages(acceptLanguage ?? "");
  const codes = [chosen ?? "", ...tags.map(languageOf)];
  const language = codes.find((code) => LANGUAGES.has(code)) ?? "en";
  const locale = tags.find((tag) => languageOf(tag) === language) ?? language;
  return { language, locale };
}
