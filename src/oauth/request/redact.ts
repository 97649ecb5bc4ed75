/** Stands where a secret stood. */
export const REDACTED = "[redacted]";

/** What tokens look like: HighLevel's, and unbroken text that no message needs. */
const OPAQUE = /\beyJ[\w-]{6,}(\.[\w-]*)*|[\w+/=~.-]{40,}/g;

/** No message needs more than this of a text, characters: patterns may not get to see a text of any length. */
const LONGEST = 4_096;

/** What encodings make of one character that is no ASCII letter or digit: `%2B`, `\u002b`, `\n`, `&#43;`, or itself. */
const OTHER = String.raw`(?:[%\\&]#?[^\W_]{1,8}|\W|_)+`;

/**
 * `text` without the given secrets (one at least, none empty), whether they stand there as they are, percent-encoded or
 * escaped as in JSON, and without anything else that looks like one; on one line, cut to 300 characters.
 */
export function redact(text: string, secrets: readonly string[]): string {
  // The longest first: what is left of one that contains another would show.
  const spellings = secrets.toSorted((a, b) => b.length - a.length).map(spellingsOf);
  // Of what was cut off in the middle of a word, nothing is left.
  const whole = text.length > LONGEST ? text.slice(0, LONGEST).replace(/\S{1,200}$/, "") : text;
  return whole.replace(new RegExp(spellings.join("|"), "g"), REDACTED).replace(OPAQUE, REDACTED)
    .replace(/[\s\p{Cc}]+/gu, " ").trim().slice(0, 300);
}

/** A pattern of every spelling of `secret`: no encoding changes its letters and digits. */
function spellingsOf(secret: string): string {
  return secret.match(/[A-Za-z0-9]+/g)?.join(OTHER) ?? secret.replace(/[^]/g, "\\$&");
}

/**
 * Makes `object` show only `shown` when it is inspected (`Deno.inspect`, `console.log`, Node's `util.inspect`).
 * Its fields stay as they are.
 */
export function inspectAs<T extends object>(object: T, shown: object): T {
  return Object.defineProperty(object, Symbol.for("nodejs.util.inspect.custom"), { value: () => shown });
}
