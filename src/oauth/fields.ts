import { HighLevelError, type HighLevelErrorCode } from "./highlevel_error.ts";

/** Reads the fields of one JSON object by their camelCase names, whichever spelling the object uses. */
export interface Fields {
  /** The value under `name`, unread; `undefined` where there is none, or `null`. */
  value(name: string): unknown;
  /** The text under `name`, not empty; `undefined` where there is none. */
  text(name: string): string | undefined;
  /** The `true` or `false` under `name`; `undefined` where there is none. */
  flag(name: string): boolean | undefined;
  /** The text under `name`, not empty. Throws, naming the field, where there is none. */
  string(name: string): string;
  /** `found`, which was read from the field `name`. Throws, naming the field, where that is `undefined`. */
  required<T>(name: string, found: T | undefined): T;
}

/**
 * Fields of `body`, which should be a JSON object.
 *
 * @throws {HighLevelError} `code` (`malformed_response`), when it is something else.
 */
export function fieldsOf(
  body: unknown,
  code: HighLevelErrorCode = "malformed_response",
  what = "HighLevel's answer",
): Fields {
  if (!isObject(body)) {
    throw new HighLevelError(code, `${what} was cut, or is no JSON object of 1 MiB at most.`);
  }
  const own = new Map(Object.entries(body));
  const value = (name: string): unknown => own.get(name) ?? own.get(snakeCase(name)) ?? undefined;
  const text = (name: string): string | undefined => {
    const found = value(name);
    return isText(found) && found ? found : undefined;
  };
  const required = <T>(name: string, found: T | undefined): T => {
    if (found === undefined) throw new HighLevelError(code, `${what} lacks field "${name}".`);
    return found;
  };
  return {
    value,
    text,
    required,
    string: (name) => required(name, text(name)),
    flag: (name) => {
      const found = value(name);
      return typeof found === "boolean" ? found : undefined;
    },
  };
}

/** Whether `value` is an object with named fields. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether `value` is a string. */
export function isText(value: unknown): value is string {
  return typeof value === "string";
}

/** The moment that `value` tells (ISO text or ms since the epoch), if it is a valid one. */
export function moment(value: unknown): Date | undefined {
  const date = new Date(isText(value) || typeof value === "number" ? value : NaN);
  return isNaN(date.getTime()) ? undefined : date;
}

/** The amount that `value` tells: a number of up to 10 digits, or a text of one. */
export function amount(value: unknown): number | undefined {
  return (isText(value) || typeof value === "number") && /^\d{1,10}(\.\d+)?$/.test(`${value}`)
    ? Number(value)
    : undefined;
}

/** `name` in snake_case: HighLevel's older spelling, and OAuth's. */
export function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, "_$&").toLowerCase();
}
