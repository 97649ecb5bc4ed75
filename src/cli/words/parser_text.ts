import type { CommanderError } from "../commander.ts";
import type { Words } from "./words.ts";

/** What the parser complains about, in `words`: by its code, with what its own message quotes. */
export function parserText({ code, message }: CommanderError, { usage }: Words): string {
  const text = message.replace(/^error: /, "").replaceAll("\n", " ");
  const quoted = [...text.matchAll(/'([^']*)'/g)].map(([, part = ""]) => part);
  const [, rest = ""] = / is invalid\. (.*)$/.exec(text) ?? [];
  return usage.parser[code]?.(quoted, rest) ?? text;
}
