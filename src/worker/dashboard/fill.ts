import { numberText, type View } from "./view.ts";

/** `text` with values in the place of `{placeholders}`; numbers as the reader writes them. */
export function fill(view: View, text: string, values: Readonly<Record<string, string | number>>): string {
  return text.replace(/\{(\w+)\}/g, (placeholder, name: string) => {
    const value = values[name] ?? placeholder;
    return typeof value === "number" ? numberText(view, value) : value;
  });
}
