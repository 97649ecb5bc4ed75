import { en } from "./en.ts";
import { enHelp } from "./en_help.ts";
import { ko } from "./ko.ts";
import { koHelp } from "./ko_help.ts";

/** What people read in one language. */
export type Words = typeof en & { readonly help: typeof enHelp };

/** A language of the command line. */
export type Language = "en" | "ko";

/** Every language: a new one is its two files and its place here. */
export const WORDS: Readonly<Record<Language, Words>> = {
  en: { ...en, help: enHelp },
  ko: { ...ko, help: koHelp },
};

/** The languages there are. */
export const LANGUAGES = Object.keys(WORDS);

/**
 * The language of whoever calls: `--lang`, else what the environment says by `LC_ALL`, `LC_MESSAGES` or `LANG`, else English.
 * A `--lang` that is none is left to the parser, which refuses it.
 */
export function wordsFor(args: readonly string[], env: Readonly<Record<string, string | undefined>>): Words {
  const at = args.lastIndexOf("--lang");
  const given = args.findLast((arg) => arg.startsWith("--lang="))?.slice("--lang=".length) ??
    (at >= 0 ? args[at + 1] : undefined);
  const locale = env.LC_ALL || env.LC_MESSAGES || env.LANG || "";
  return WORDS[languageIn(given) ?? languageIn(/^[a-z]{2}(?=$|[_.@-])/.exec(locale)?.[0]) ?? "en"];
}

function languageIn(text: string | undefined): Language | undefined {
  return text === "en" || text === "ko" ? text : undefined;
}
