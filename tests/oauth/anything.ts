/** `value` as a caller without types would pass it. */
// deno-lint-ignore no-explicit-any
export function anything(value: unknown): any {
  return value;
}
