/** Throws unless `actual` is `expected`: the same value, or plain data of the same content. */
export function equal(actual: unknown, expected: unknown, what = "it"): void {
  if (!isSame(actual, expected)) throw new Error(`${what} is ${shown(actual)}, expected ${shown(expected)}`);
}

/** Throws unless `actual` is another value than `expected`. */
export function notEqual(actual: unknown, expected: unknown, what = "it"): void {
  if (isSame(actual, expected)) throw new Error(`${what} is still ${shown(actual)}`);
}

/** Throws, saying `what` was expected, unless `isSo`. */
export function ok(isSo: boolean, what: string): asserts isSo {
  if (!isSo) throw new Error(`expected: ${what}`);
}

/** What `work` rejects with. Throws where it does not. */
export async function errorOf(work: Promise<unknown>): Promise<unknown> {
  let value: unknown;
  try {
    value = await work;
  } catch (error) {
    return error;
  }
  throw new Error(`expected an error, and ${shown(value)} came`);
}

/** Whether both are the same value, or plain data of the same content. What is `undefined` counts as missing. */
function isSame(one: unknown, other: unknown): boolean {
  if (Object.is(one, other)) return true;
  if (one instanceof Error || typeof one !== "object" || typeof other !== "object" || !one || !other) {
    return false;
  }
  if (Array.isArray(one) !== Array.isArray(other)) return false;
  const [left, right] = [new Map(Object.entries(one)), new Map(Object.entries(other))];
  return [...new Set([...left.keys(), ...right.keys()])].every((name) =>
    isSame(left.get(name), right.get(name))
  );
}

function shown(value: unknown): string {
  const text = value instanceof Error ? `${value}` : JSON.stringify(value) ?? `${value}`;
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}
