import { HighLevelError } from "./highlevel_error.ts";

/** Reads the fields of one JSON object by their camelCase names, whichever spelling the object uses. */
export interface Fields {
  /** The text under `name`, not empty. Throws `malformed_response` naming the field. */
  string(name: string): string;
  /** The finite number under `name`, or a text of digits. Throws `malformed_response` naming the field. */
  number(name: string): number;
  /** The moment under `name`: ISO text or ms since the epoch. Throws `malformed_response` naming the field. */
  date(name: string): Date;
  /** The text under `name`; `undefined` where there is none. */
  text(name: string): string | undefined;
  /** The value under `name`, unread. */
  value(name: string): unknown;
}

/**
 * Fields of `body`, which should be a JSON object.
 *
 * @throws {HighLevelError} `malformed_response` when it is something else.
 */
export function fieldsOf(body: unknown): Fields {
  if (!isObject(body)) throw malformed("HighLevel's answer is no JSON object, or was cut.");
  const value = (name: string): unknown => own(body, name) ?? own(body, snakeCase(name));
  const text = (name: string): string | undefined => {
    const found = value(name);
    return typeof found === "string" && found !== "" ? found : undefined;
  };
  return {
    value,
    text,
    string: (name) => text(name) ?? missing(name),
    number: (name) => finite(value(name)) ?? missing(name),
    date: (name) => moment(value(name)) ?? missing(name),
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
  if (typeof value !== "string" && typeof value !== "number") return undefined;
  const date = new Date(value);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

/** A `malformed_response` error. */
export function malformed(message: string): HighLevelError {
  return new HighLevelError("malformed_response", message);
}

function own(object: Record<string, unknown>, name: string): unknown {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

/** `name` in snake_case: HighLevel's older spelling, and OAuth's. */
export function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => "_" + letter.toLowerCase());
}

function finite(value: unknown): number | undefined {
  const number = typeof value === "string" && /^\d{1,15}$/.test(value) ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) ? number : undefined;
}

function missing(name: string): never {
  throw malformed(`HighLevel's answer lacks a usable field "${name}".`);
}
