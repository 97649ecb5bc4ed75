/** Letters that are written from right to left, and marks that turn the direction of what follows. */
const TURNS =
  /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefe\u200e\u200f\u202a-\u202e\u2066-\u2069\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;
/** Isolates of the name's own: one that ends ours would let the rest out. */
const ISOLATES = /[\u2066-\u2069]/g;

/**
 * `name` for the middle of a sentence: where it has letters or marks of another direction it stands in an isolate (FSI … PDI), so that
 * it turns nothing around it. Every other name stays as it is: one mark makes a text message half as long.
 */
export function isolated(name: string): string {
  return TURNS.test(name) ? `\u2068${name.replace(ISOLATES, "")}\u2069` : name;
}
