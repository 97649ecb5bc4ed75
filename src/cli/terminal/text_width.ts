import stringWidth from "npm:string-width@4.2.3";

/** The columns that `text` takes on a terminal: a Korean letter takes two, a colour none. */
export function textWidth(text: string): number {
  return stringWidth(text);
}

/** `text` with spaces up to `width` columns. */
export function padded(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - textWidth(text)));
}
