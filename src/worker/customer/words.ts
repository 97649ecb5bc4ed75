import { isolated } from "../http/isolated.ts";
import { acceptedLanguages, languageOf } from "../http/accepted_languages.ts";
import { en } from "./words/en.ts";
import { ko } from "./words/ko.ts";

/** What customers read in one language. */
export type CustomerWords = typeof en;

/** A customer's language, and how dates are written for them. */
export interface Reader {
  /** The words. */
  readonly words: CustomerWords;
  /** The browser's locale of that language, with its region: `en-gb`. */
  readonly locale: string;
}

/** Every language: a new one is a file in `words/` and its place here. The first is for everybody else. */
export const CUSTOMER_WORDS: readonly CustomerWords[] = [en, ko];

/** The reader with this `Accept-Language`. */
export function readerWith(acceptLanguage: string | null | undefined): Reader {
  for (const tag of acceptedLanguages(acceptLanguage ?? "")) {
    const words = CUSTOMER_WORDS.find(({ code }) => code === languageOf(tag));
    if (words) return { words, locale: tag };
  }
  return { words: en, locale: en.code };
}

/**
 * `text` with `values` in the place of `{names}`. A word of ours that stands first begins with a capital; a name stays as it is, and its
 * direction is its own.
 */
export function filled(
  words: CustomerWords,
  text: string,
  values: Readonly<Record<string, string>>,
): string {
  const ours = [words.noApp, words.noBusiness, words.noAgency, words.noChoice, words.agencyChoice];
  return text.replace(/\{(\w+)\}/g, (placeholder, name: string, at: number) => {
    const value = values[name] ?? placeholder;
    if (!ours.includes(value)) return isolated(value);
    return at === 0 ? value.charAt(0).toUpperCase() + value.slice(1) : value;
  });
}
