/** `value`, if it is a text with something in it. */
export function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** `value`, if it is a link that a page may show: nothing but http and https. */
export function linkOf(value: unknown): string | undefined {
  const text = textOf(value);
  return text !== undefined && /^https?:\/\//i.test(text) && URL.canParse(text) ? text : undefined;
}

/** No sentence of a worker's is longer, characters. */
const LONGEST_LINE = 1_000;

/** `value`, if it is a text, as a message can have it: on one line, without what moves a terminal's cursor. */
export function lineOf(value: unknown): string | undefined {
  return textOf(value)?.slice(0, LONGEST_LINE).replace(/[\s\p{C}]+/gu, " ").trim() || undefined;
}
