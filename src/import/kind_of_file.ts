import type { PlainCode } from "./remarks.ts";

/** How files begin that are no text, by the letters that their first bytes are. */
const BINARY: readonly (readonly [beginning: string, code: PlainCode])[] = [
  ["PK\x03\x04", "zip"],
  ["ÐÏ\x11à", "old_workbook"],
  ["\x1F‹", "gzip"],
  ["SQLite format 3\0", "sqlite"],
  ["PGDMP", "pg_dump"],
  ["%PDF-", "pdf"],
];

/** What a file is that cannot be read here, by its first line; `undefined` where it can. */
export function kindOfFile(firstLine: string): PlainCode | undefined {
  const found = BINARY.find(([beginning]) => firstLine.startsWith(beginning));
  if (found) return found[1];
  if (/^\s*<(!doctype html|html|head|body)\b/i.test(firstLine)) return "web_page";
  if (/^\s*<(\?xml|[a-z]+[\s>])/i.test(firstLine)) return "xml";
  return firstLine.includes("\0") ? "no_text" : undefined;
}
