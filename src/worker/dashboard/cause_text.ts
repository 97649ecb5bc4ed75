import type { View } from "./view.ts";

/** A cause (`code`, or `code/reason`) as people are told it; the code itself where there are no words for it. */
export function causeText({ words }: Pick<View, "words">, cause: string): string {
  const causes: Readonly<Record<string, string>> = words.causes;
  const [code = ""] = cause.split("/", 1);
  return causes[code] ?? code;
}
