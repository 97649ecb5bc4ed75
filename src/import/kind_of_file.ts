import type { PlainCode } from "./remarks.ts";

/** What a file is that cannot be read here, by its first line; `undefined` where it can. */
export function kindOfFile(firstLine: string): PlainCode | undefined {
  if (firstLine.startsWith("PK\x03\x04")) return "zip";
  if (firstLine.includes("\0")) return "no_text"; // packed, a database, a workbook of the old kind
  if (/^\s*<(!doctype html|html|head|body)\b/i.test(firstLine)) return "web_page";
  return /^\s*<(\?xml|[a-z]+[\s>])/i.test(firstLine) ? "xml" : undefined;
}
