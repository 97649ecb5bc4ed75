import { check } from "../oauth/check.ts";

/** The cursor behind a record in a list by `dueAt` and then by key. That place stands, whatever is written meanwhile. */
export function dueCursor(dueAt: number, key: string): string {
  return `${dueAt} ${key}`;
}

/**
 * The place that a cursor of {@linkcode dueCursor} names.
 *
 * @throws {TypeError} naming `cursor`, when it is none.
 */
export function placeAfter(cursor: string): { readonly dueAt: number; readonly key: string } {
  const [, text, key] = /^(-?\d[^ ]*) ([^]*)$/.exec(cursor) ?? [];
  const dueAt = Number(text);
  check(key !== undefined && !Number.isNaN(dueAt), "cursor must be one that list gave");
  return { dueAt, key };
}
