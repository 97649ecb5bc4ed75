import type { Child } from "hono/jsx";
import { numberText, type View } from "./view.ts";
import type { PluralText } from "./words.ts";

/** `text` with values in the place of `{placeholders}`; numbers as the reader writes them. */
export function fill(view: View, text: string, values: Readonly<Record<string, string | number>>): string {
  return text.replace(/\{(\w+)\}/g, (placeholder, name: string) => {
    const value = values[name] ?? placeholder;
    return typeof value === "number" ? numberText(view, value) : value;
  });
}

/** The form of `text` that the reader's language has for `count`, filled in with it. */
export function fillCount(
  view: View,
  text: PluralText,
  count: number,
  values: Readonly<Record<string, string | number>> = {},
): string {
  const form = new Intl.PluralRules(view.words.code).select(count);
  return fill(view, text[form] ?? text.other, { ...values, count });
}

/** `text` with parts of a page in the place of `{placeholders}`, such as a time that its own element shows. */
export function fillParts(text: string, parts: Readonly<Record<string, Child>>): Child[] {
  return text.split(/(\{\w+\})/).map((piece) => parts[piece.slice(1, -1)] ?? piece);
}
