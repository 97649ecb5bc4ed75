import type { WorkerEnv } from "../env.ts";
import { assetFile } from "../http/asset_file.ts";

/** The English file: every other language says the same things. */
type English = typeof import("../assets/words.en.json", { with: { type: "json" }});

/** A text by the grammatical number of its `{count}`, as `Intl.PluralRules` names it. */
export type PluralText = Readonly<Partial<Record<Intl.LDMLPluralRule, string>> & { other: string }>;

/** A language has the plurals that it has, not those of English. */
type In<Language> = {
  readonly [Key in keyof Language]: Language[Key] extends string ? string
    : Language[Key] extends { other: string } ? PluralText
    : In<Language[Key]>;
};

/** The dashboard's words in one language. */
export type Words = In<English>;

/** Reads the words of a language, each file once. */
export function wordsReader(env: Pick<WorkerEnv, "ASSETS">): (language: string) => Promise<Words> {
  const known = new Map<string, Words>();
  return async (language) => {
    const found = known.get(language);
    if (found) return found;
    const words: Words = await (await assetFile(env, `words.${language}.json`)).json();
    known.set(language, words);
    return words;
  };
}
