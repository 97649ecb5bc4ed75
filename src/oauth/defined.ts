/** `T` where a field that may be `undefined` is one that may be missing. */
export type Defined<T> =
  & { [K in keyof T as undefined extends T[K] ? never : K]: T[K] }
  & { [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined> };

/** `fields` without those that are `undefined`. */
export function defined<const T extends object>(fields: T): Defined<T>;
export function defined(fields: Record<string, unknown>): object {
  const found: Record<string, unknown> = {};
  for (const name in fields) if (fields[name] !== undefined) found[name] = fields[name];
  return found;
}
