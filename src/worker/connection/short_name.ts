/** How long a name is at most, characters. */
export const NAME_LENGTH = 200;
/** What breaks a line, and other controls. */
const CONTROLS = /[\p{Cc}\p{Zl}\p{Zp}]+/gu;
/** What turns the direction of the words around it. */
const TURNS = /[\u202a-\u202e\u2066-\u2069]/g;
/** What somebody can see. */
const SEEN = /[\p{L}\p{N}\p{S}\p{P}]/u;

/**
 * `name` as it is kept of a location or agency, wherever it comes from: one line without blanks around it that turns no words
 * around it, `maxLength` characters at most; `undefined` where nobody would see anything.
 */
export function shortName(name: string | undefined, maxLength: number = NAME_LENGTH): string | undefined {
  // Cut before anything is replaced: a name may be endless. By characters, so that none is cut in two; each has two code units at most.
  const start = name?.trim().slice(0, 4 * maxLength).toWellFormed() ?? "";
  const line = start.replace(CONTROLS, " ").replace(TURNS, "").trim();
  const short = [...line].slice(0, maxLength).join("").trim();
  return SEEN.test(short) ? short : undefined;
}
