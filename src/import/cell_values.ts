/** What HighLevel's ids look like: about 20 letters and digits at random; not Mongo's object ids, no numbers, no words. */
export function looksLikeId(text: string): boolean {
  if (!/^[A-Za-z0-9]{16,32}$/.test(text) || /^([0-9a-f]{24}|[0-9a-f]{32})$/.test(text)) return false;
  const runs = text.match(/[a-z]+|[A-Z]+|\d+/g)?.length ?? 0;
  return runs > text.length * 0.3; // at random about 12 of 20; in `highLevelAccessTokens` 7 of 21
}

/** Whether `value` can be an id at all. */
export function isId(value: unknown): value is string {
  return typeof value === "string" && /^[A-Za-z0-9_-]{1,128}$/.test(value);
}

/** Whether an `id` is rather the key of somebody's own database: a number, a UUID, an object id of Mongo. */
export function isForeignKey(text: string): boolean {
  return /^(\d+|[0-9a-f]{24}|[0-9a-f]{8}(-?[0-9a-f]{4}){3}-?[0-9a-f]{12})$/i.test(text);
}

/** Whether `text` is laid out as a JWT is. */
export function looksLikeJwt(text: string): boolean {
  return /^[\w-]{10,}\.[\w-]{10,}\.[\w-]*$/.test(text);
}

/** Whether `text` is a token of a private integration. */
export function isPrivateIntegration(text: string): boolean {
  return /^pit-/i.test(text);
}

/** What a spreadsheet has made of a value that cannot be had back from it, in words; `undefined` where nothing. */
export function spreadsheetDamage(value: unknown): string | undefined {
  if (typeof value === "number") {
    return Number.isSafeInteger(value) ? undefined : "it became a number, and lost digits by that";
  }
  if (typeof value !== "string") return undefined;
  if (/^-?\d+([.,]\d+)?E[+-]\d+$/i.test(value)) {
    return "a spreadsheet made a number of it: give the column the format Text and export again";
  }
  if (/^#{3,}$/.test(value)) return "a spreadsheet wrote ### for what its column was too narrow for";
  return /^#(N\/A|NAME\?|REF!|VALUE!|DIV\/0!|NUM!|NULL!)$/.test(value)
    ? "a spreadsheet wrote an error in its place"
    : undefined;
}

/** `text` without what spreadsheets and people put around it: spaces, a pair of quotes, `="…"`, a leading apostrophe. */
export function bareCell(text: string): string {
  const bare = text.trim().replace(/^=(?=")/, "");
  const inner = bare.replace(/^(["'`])(.*)\1$/, "$2");
  return (inner === bare ? bare.replace(/^'(?=\S)/, "") : inner).trim();
}
