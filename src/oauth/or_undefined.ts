/** What `make` returns; `undefined` where it throws. For what throws for one reason only, or where none matters. */
export function orUndefined<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch {
    return undefined;
  }
}
