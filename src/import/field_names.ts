import { looksLikeId, looksLikeJwt } from "./cell_values.ts";

/** What a field can mean here. All others are left to their owners. */
export type FieldRole =
  | "accessToken"
  | "refreshToken"
  | "token"
  | "locationId"
  | "companyId"
  | "resourceId"
  | "id"
  | "location"
  | "company"
  | "kind"
  | "app"
  | "name"
  | "scope"
  | "end"
  | "life"
  | "issued";

/** A field's name, understood. */
export interface FieldName {
  /** What the field means. */
  readonly role: FieldRole;
  /** What stands before that in its name, such as `agency` of `agency_access_token`; lower case, no punctuation. */
  readonly prefix: string;
}

/** Names without case and punctuation. Of two that end alike, the longer stands first. */
const NAMES: readonly (readonly [ending: string, role: FieldRole])[] = [
  ["accesstoken", "accessToken"],
  ["refreshtoken", "refreshToken"],
  ["sublocationid", "locationId"],
  ["locationid", "locationId"],
  ["subaccountid", "locationId"],
  ["companyid", "companyId"],
  ["agencyid", "companyId"],
  ["resourceid", "resourceId"],
  ["authclassid", "resourceId"],
  ["applicationid", "app"],
  ["appid", "app"],
  ["clientid", "app"],
  ["usertype", "kind"],
  ["authclass", "kind"],
  ["tokenexpiresat", "end"],
  ["expiresat", "end"],
  ["expireat", "end"],
  ["expiresin", "life"],
  ["issuedat", "issued"],
];

/** Bubble writes a field's type behind its name. */
const TYPE = /_(text|number|date)$/;

/** A longer name is none that anybody gives a field. */
const LONGEST_NAME = 200;

/** Names that mean something as a whole only: too common as endings. */
const WHOLE: Readonly<Record<string, FieldRole>> = {
  id: "id",
  _id: "id",
  location: "location",
  locid: "locationId",
  subaccount: "location",
  company: "company",
  agency: "company",
  kind: "kind",
  type: "kind",
  access: "token",
  refresh: "token",
  token: "token",
  name: "name",
  locationname: "name",
  subaccountname: "name",
  businessname: "name",
  scope: "scope",
  scopes: "scope",
  expires: "end",
  expiry: "end",
  expirydate: "end",
  tokenexpiry: "end",
};

/**
 * What the name of a field, a column or a variable means: in any case, with spaces, dashes, dots or underscores, with
 * something before it, or in brackets behind it. `undefined` where it means nothing here.
 */
export function fieldName(name: string): FieldName | undefined {
  if (name.length > LONGEST_NAME) return undefined;
  const plain = name.normalize("NFKC").replace(/\([^()]*\)$/, "").replace(TYPE, "").toLowerCase().replace(
    /[^\p{L}\p{N}]/gu,
    "",
  );
  const whole = Object.hasOwn(WHOLE, plain) ? WHOLE[plain] : undefined;
  if (whole) return { role: whole, prefix: "" };
  const [number = ""] = /\d*$/.exec(plain) ?? []; // `ACCESS_TOKEN_2` goes with `LOCATION_ID_2`
  const words = plain.slice(0, plain.length - number.length);
  for (const [ending, role] of NAMES) {
    if (words.endsWith(ending)) return { role, prefix: number + words.slice(0, -ending.length) };
  }
  return undefined;
}

/** Whether a row of a table is its header: one of its cells is a name that says whose or what a cell is. */
export function isHeader(cells: readonly string[]): boolean {
  return hasRole(cells, (role) => role !== "name" && role !== "scope");
}

/** Whether a later row is a header too, as where files were put together: by names that are no words of a language. */
export function isHeaderAgain(cells: readonly string[]): boolean {
  return hasRole(cells, (role) => /^(access|refresh)Token$|^(location|company|resource)Id$/.test(role));
}

/** Whether a row below a header, before any other, is the real one: two of its cells are such names. */
export function isHeaderBelow(cells: readonly string[]): boolean {
  return isHeader(cells) && cells.filter((cell) => fieldName(cell)).length > 1;
}

/** Whether a bracket is opened and not closed, as where SQL names columns. */
function isOpen(cell: string): boolean {
  return cell.lastIndexOf("(") > cell.lastIndexOf(")");
}

function hasRole(cells: readonly string[], isTelling: (role: FieldRole) => boolean): boolean {
  const roles = cells.map((cell) => fieldName(cell)?.role);
  return roles.some((role) => role !== undefined && isTelling(role)) &&
    !cells.some((cell) => looksLikeId(cell) || looksLikeJwt(cell) || isOpen(cell));
}
