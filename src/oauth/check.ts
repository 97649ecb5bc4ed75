/** Throws a `TypeError` that says `message`, which begins with the field's name, unless `isRight`. */
export function check(isRight: boolean, message: string): asserts isRight {
  if (!isRight) throw new TypeError(message);
}

/** What is there of an argument that may be missing although its type says otherwise: its own fields are checked by name. */
export function given<T extends object>(argument: T | undefined): Partial<T> {
  return argument ?? {};
}

/** Returns `value` if it is a text that matches `pattern`, which is `what`; else throws a `TypeError` naming `field`. */
export function checkText(
  field: string,
  value: unknown,
  pattern = /\S/,
  what = "a non-empty string",
): string {
  if (typeof value === "string" && pattern.test(value)) return value;
  throw new TypeError(`${field} must be ${what}`); // made here only: targets are checked often
}

/** Returns `value` if it can be sent as a bearer token; else throws a `TypeError` naming `field`. */
export function checkBearer(field: string, value: unknown): string {
  return checkText(field, value, /^[!-~]+$/, "a string without spaces or line ends");
}

/** Checks that `value` is a whole number from 1 to `most`; else throws a `TypeError` naming `field`. */
export function checkWhole(field: string, value: number, most: number): void {
  check(
    Number.isInteger(value) && value >= 1 && value <= most,
    `${field} must be a whole number from 1 to ${most}`,
  );
}
