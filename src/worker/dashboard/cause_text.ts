import type { View } from "./view.ts";

/** A cause (`code`, or `code/reason`) as people are told it; the code itself where there are no words for it. */
export function causeText({ words }: Pick<View, "words">, cause: string): string {
  const causes: Readonly<Record<string, string>> = words.causes;
  const [code = "", reason = ""] = cause.split("/", 2);
  return (reason && causes[reason]) || (causes[code] ?? code);
}

/** What stands before an error's own message, by its code: nothing in English, which the messages are in. */
export function meaningsIn({ words }: Pick<View, "words">): Readonly<Record<string, string>> {
  return words.code === "en" ? {} : words.causes;
}
