import type { CommanderError } from "../commander.ts";
import type { Words } from "./words.ts";

/** What follows these may be or hold a secret, and an option that is unknown may have one behind its `=`. */
const SECRET =
  /('--(?:store|worker|base-url) [^']*' argument ').*(?=' is invalid)|(unknown option '[^'=]*=).*(?=')/;

/** What the parser complains about, in `words`: by its code, with what its own message quotes but for secrets. */
export function parserText({ code, message }: CommanderError, { usage }: Words): string {
  const text = message.replace(/^error: /, "").replaceAll("\n", " ").replace(SECRET, "$1$2…");
  const quoted = [...text.matchAll(/'([^']*)'/g)].map(([, part = ""]) => part);
  const [, rest = ""] = / is invalid\. (.*)$/.exec(text) ?? [];
  return usage.parser[code]?.(quoted, rest) ?? text;
}
