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

/** Whether an `id` is rather the key of somebody's own database: a number, a UUID, a ULID, one of Mongo, Prisma or Airtable. */
export function isForeignKey(text: string): boolean {
  return /^(\d+|[0-9a-f]{24}|[0-9a-f]{8}(-?[0-9a-f]{4}){3}-?[0-9a-f]{12}|[0-9A-Z]{26}|c[0-9a-z]{24}|rec\w{14})$/i
    .test(text);
}

/** Whether `text` is laid out as a JWT is. */
export function looksLikeJwt(text: string): boolean {
  return /^[\w-]{10,}\.[\w-]{10,}\.[\w-]*$/.test(text);
}

/** Whether `text` is a token of a private integration. */
export function isPrivateIntegration(text: string): boolean {
  return /^pit-/i.test(text);
}

/** What a spreadsheet does to a value, so that it cannot be had back. */
export type Damage = "lost_digits" | "became_number" | "too_narrow" | "spreadsheet_error";

/** What a spreadsheet did to a value; `undefined` where nothing. */
export function spreadsheetDamage(value: unknown): Damage | undefined {
  if (typeof value === "number") {
    return Number.isSafeInteger(value) ? undefined : "lost_digits";
  }
  if (typeof value !== "string") return undefined;
  if (/^-?\d+([.,]\d+)?E[+-]\d+$/i.test(value)) {
    return "became_number";
  }
  if (/^#{3,}$/.test(value)) return "too_narrow";
  return /^#(N\/A|NAME\?|REF!|VALUE!|DIV\/0!|NUM!|NULL!)$/.test(value) ? "spreadsheet_error" : undefined;
}

/** What is not seen: spaces, and the marks of zero width that pages and chats put beside what is copied from them. */
const UNSEEN = /^[\s\p{Cf}]+|[\s\p{Cf}]+$/gu;

/**
 * `text` without what spreadsheets, programs and people put around it: spaces and marks that are not seen, a pair of quotes,
 * `="…"`, a leading apostrophe, `Bearer`.
 */
export function bareCell(text: string): string {
  const bare = seen(text).replace(/^=(?=")/, "");
  const inner = bare.replace(/^(["'`])(.*)\1$/, "$2").replace(/^[“”„«‘](.*)[”“»’]$/, "$1");
  return seen(inner === bare ? bare.replace(/^'(?=\S)/, "") : inner).replace(/^bearer\s+(?=\S+$)/i, "");
}

function seen(text: string): string {
  const trimmed = text.trim();
  return trimmed.length > 9_999 ? trimmed : trimmed.replace(UNSEEN, ""); // longer ones are no ids and no tokens
}

/** Whether something hid a token: what is left of it opens nothing. */
export function isMasked(text: string): boolean {
  return /\*{3}|•{2}|…|\.{3}$|^x{4,}$|^<.*>$|^\W*(redacted|masked|hidden)\W*$/i.test(
    text,
  );
}
