/** `name` as it is kept of a location or agency, wherever it comes from: without blanks around it, `maxLength` characters at most. */
export function shortName(name: string | undefined, maxLength = 200): string | undefined {
  // By characters, so that none is cut in two; each has two code units at most.
  return [...name?.trim().slice(0, 2 * maxLength) ?? ""].slice(0, maxLength).join("").trim() || undefined;
}
