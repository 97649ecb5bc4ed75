/** Throws a `TypeError` that says `message`, which begins with the field's name, unless `isRight`. */
export function check(isRight: boolean, message: string): asserts isRight {
  if (!isRight) throw new TypeError(message);
}

/** Returns `value` if it is a text with something in it; else throws a `TypeError` naming `field`. */
export function checkText(field: string, value: unknown): string {
  check(typeof value === "string" && value.trim() !== "", `${field} must be a non-empty string`);
  return value;
}

/** Returns `value` if it can be sent as a bearer token; else throws a `TypeError` naming `field`. */
export function checkBearer(field: string, value: unknown): string {
  check(
    typeof value === "string" && /^[!-~]+$/.test(value),
    `${field} must be a text without spaces or line ends`,
  );
  return value;
}

/** Checks that `value` is a whole number from 1 to `most`; else throws a `TypeError` naming `field`. */
export function checkWhole(field: string, value: number, most: number): void {
  check(
    Number.isInteger(value) && value >= 1 && value <= most,
    `${field} must be a whole number from 1 to ${most}`,
  );
}
