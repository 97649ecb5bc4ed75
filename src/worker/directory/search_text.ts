/** Letters that people type without their stroke or as two, and that no normal form takes apart. */
const SPELLINGS: Readonly<Record<string, string>> = {
  "ß": "ss",
  "æ": "ae",
  "œ": "oe",
  "ø": "o",
  "đ": "d",
  "ð": "d",
  "þ": "th",
  "ł": "l",
  "ħ": "h",
  "ı": "i",
  "ς": "σ",
};
const SPELLED = new RegExp(`[${Object.keys(SPELLINGS).join("")}]`, "g");
/** What no name is longer than, characters of one word: more of it finds nothing more. */
const LONGEST_WORD = 32;
/** Places in the words of one row at which a search may begin. */
const MAX_PLACES = 200;

/**
 * The words of `text` in the one spelling that searches compare: lower case, without marks, width or compatibility forms,
 * Korean composed, whichever way it was typed.
 */
export function searchWords(text: string): string[] {
  const plain = text.normalize("NFKD").replace(/[\p{M}\p{Cf}]/gu, "").toLowerCase()
    .normalize("NFKD").replace(/\p{M}/gu, "") // the lower case of some letters has marks of its own
    .replace(SPELLED, (letter) => SPELLINGS[letter] ?? letter)
    .normalize("NFC");
  return plain.match(/[\p{L}\p{N}]+/gu) ?? [];
}

/**
 * What the index keeps of a row: each word of its `name` from each of its characters on, so that a search for the beginning
 * of one of these finds any part of a word; and its ids as they are, whole.
 */
export function indexedText(name: string, ids: readonly string[]): string {
  const places = new Set<string>();
  for (const id of ids) for (const word of searchWords(id)) places.add(word);
  for (const word of searchWords(name)) {
    const characters = [...word];
    for (let at = 0; at < characters.length && places.size < MAX_PLACES; at++) {
      places.add(characters.slice(at, at + LONGEST_WORD).join(""));
    }
  }
  return [...places].join(" ");
}

/**
 * The question to the index (FTS5) that finds rows with every word of `text`, in any order; `undefined` where it has none, so
 * that nothing can match.
 */
export function searchQuery(text: string): string | undefined {
  const words = searchWords(text).map((word) => [...word].slice(0, LONGEST_WORD).join(""));
  return words.length === 0 ? undefined : [...new Set(words)].map((word) => `"${word}"*`).join(" AND ");
}

/** `text` as one id, where it can be one. */
export function idIn(text: string): string | undefined {
  const id = text.trim();
  return /^[A-Za-z0-9_-]{1,128}$/.test(id) ? id : undefined;
}

/**
 * What rows are ordered by name with: numbers by their value, so that 2 comes before 10; what has no name comes last. A number stands
 * with its length before it.
 */
export function sortName(name: string | undefined): string {
  if (name === undefined) return "\u{10ffff}";
  return searchWords(name).join(" ").replace(/\d+/g, (digits) => {
    const number = digits.replace(/^0+(?=\d)/, "");
    return `${String(number.length).padStart(3, "0")}${number}`;
  });
}
