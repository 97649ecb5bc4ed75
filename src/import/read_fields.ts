import { defined } from "../oauth/defined.ts";
import { isObject, isText } from "../oauth/fields.ts";
import { type Stated, type TokenField, userTypeIn } from "./candidate.ts";
import { bareCell, isPrivateIntegration, looksLikeId } from "./cell_values.ts";
import { fieldName, type FieldRole } from "./field_names.ts";
import { tokensIn } from "./row_by_look.ts";
import { isAppId, isHighLevelJwt, ownerOf } from "./token_facts.ts";

/** A field of an object, a cell under its column's name, or a variable. */
export type Field = readonly [name: string, value: unknown];

/** Tokens that stand together, and what is said of them alone. */
export interface TokenGroup {
  readonly tokens: readonly TokenField[];
  readonly said: Stated;
}

/** What the fields of one object say. */
export interface ReadFields {
  /** Its tokens: one group for each connection. */
  readonly groups: readonly TokenGroup[];
  /** What is said of all of them. */
  readonly own: Stated;
  /** What is nested: more may be in there. */
  readonly nested: readonly Field[];
}

interface Read {
  readonly role: FieldRole | "unknownId";
  readonly prefix: string;
  readonly value: unknown;
}

/** Sorts the fields of one object by what they mean. */
export function readFields(fields: readonly Field[]): ReadFields {
  const groups = new Map<string, TokenField[]>();
  const read: Read[] = [];
  const nested: Field[] = [];
  for (const [name, raw] of fields) {
    const value = unwrapped(raw);
    const { role, prefix } = fieldName(name) ?? { role: undefined, prefix: "" };
    if (typeof value === "object" && value !== null) {
      const lifted = isObject(value) ? lift(role, value) : undefined;
      if (lifted) read.push(...lifted);
      else if (role === "scope") read.push({ role, prefix, value });
      else nested.push([name, value]);
      continue;
    }
    const text = isText(value) ? bareCell(value) : undefined;
    if (text === "") continue;
    const says = role === "accessToken" ? "access" : role === "refreshToken" ? "refresh" : undefined;
    if (text !== undefined && (says || isTokenText(text, role))) {
      const key = says ? `=${prefix}` : ownerOf(text) ?? `=`;
      const token = says ? { name, says, text } as const : { name, text, ...sayingOf(name) };
      groups.set(key, [...groups.get(key) ?? [], token]);
      continue;
    }
    const among = text?.includes("eyJ") ? tokensIn(text) : [];
    for (const token of among) {
      const key = ownerOf(token) ?? "=";
      groups.set(key, [...groups.get(key) ?? [], { name, text: token }]);
    }
    if (among.length > 0 || value === undefined || value === null) continue;
    const known = role ??
      (looksLikeId(text ?? "") && IDS.test(name) && !OTHERS.test(name) ? "unknownId" : undefined);
    if (known) read.push({ role: known, prefix, value: text ?? value });
  }
  const found = together(groups).map(([prefix, tokens]) => groupOf(prefix, tokens, read));
  // With tokens of several connections, what is said under one's prefix is not about the others.
  const own = statedIn(found.length > 1 ? read.filter(({ prefix }) => prefix === "") : read);
  return { groups: found, own, nested };
}

/** Names under which the id of a location may stand, in a word not known here; and those of other things. */
const IDS = /^$|\bid\b|(id|location|account)s?$/i;
const OTHERS = /user|owner|install|contact|member|token|trace|plan|version|customer|record|^uid/i;

/** Whether a text under a name that does not say "access token" is a token all the same. */
function isTokenText(text: string, role: FieldRole | undefined): boolean {
  if (isHighLevelJwt(text) || isPrivateIntegration(text)) return true;
  return role === "token" && text.length >= 16 && /^[!-~]+$/.test(text);
}

function sayingOf(name: string): { readonly says?: "access" | "refresh" } {
  const plain = name.toLowerCase();
  if (plain.includes("refresh")) return { says: "refresh" };
  return plain.includes("access") ? { says: "access" } : {};
}

/** Tokens without a telling name join those of the same owner. */
function together(
  groups: ReadonlyMap<string, readonly TokenField[]>,
): [prefix: string, tokens: TokenField[]][] {
  const named = new Map<string, TokenField[]>();
  for (const [key, tokens] of groups) if (key.startsWith("=")) named.set(key.slice(1), [...tokens]);
  for (const [key, tokens] of groups) {
    if (key.startsWith("=")) continue;
    const mates = [...named.values()].find((others) => others.some(({ text }) => ownerOf(text) === key));
    if (mates) mates.push(...tokens);
    else named.set(`=${key}`, [...tokens]);
  }
  return [...named];
}

/** A group with what is said under the same prefix: `agency_id` goes with `agency_access_token`. */
function groupOf(prefix: string, tokens: readonly TokenField[], read: readonly Read[]): TokenGroup {
  const isOther = prefix.startsWith("="); // an owner, no prefix
  const said = isOther || prefix === "" ? {} : statedIn(read.filter((field) => field.prefix === prefix));
  const kind = isOther
    ? undefined
    : userTypeIn(prefix.replace(/.*(location|subaccount|company|agency)$/, "$1"));
  return { tokens, said: { ...(kind && !said.kind && { kind }), ...said } };
}

/** What the fields say. A thing that is said under several prefixes and differs is not said at all. */
function statedIn(read: readonly Read[]): Stated {
  const value = (role: FieldRole): unknown => {
    const all = read.filter((field) => field.role === role);
    const plain = all.find(({ prefix }) => prefix === "") ?? all[0];
    return plain && (plain.prefix === "" || all.every((other) => other.value === plain.value))
      ? plain.value
      : undefined;
  };
  const ids = (role: FieldRole): { readonly id?: unknown; readonly differ?: boolean } => {
    const all = read.filter((field) => field.role === role);
    const plain = all.filter(({ prefix }) => prefix === "");
    const [told = []] = [plain.filter(isLikely), all.filter(isLikely), plain, all].filter(({ length }) =>
      length > 0
    );
    return told.every((other) => other.value === told[0]?.value) ? { id: told[0]?.value } : { differ: true };
  };
  const text = (role: FieldRole): string | undefined => {
    const found = value(role);
    return isText(found) ? found : undefined;
  };
  const likelyId = (role: FieldRole): string | undefined => {
    const found = text(role);
    return found !== undefined && looksLikeId(found) ? found : undefined;
  };
  const apps = read.flatMap(({ role, value }) =>
    role === "app" && isText(value) && isAppId(value) ? [value] : []
  );
  const scope = value("scope");
  const scopes = isText(scope) ? scope.split(/[\s,]+/).filter(Boolean) : scope;
  const [location, company] = [ids("locationId"), ids("companyId")];
  const companyId = company.id ?? likelyId("company");
  const isUnclear = location.differ ||
    companyId !== undefined && read.some(({ role }) => role === "unknownId");
  return defined({
    locationId: location.id ?? likelyId("location"),
    companyId,
    unclear: isUnclear ? true as const : undefined,
    resourceId: value("resourceId"),
    id: value("id"),
    kind: userTypeIn(value("kind")),
    apps: apps.length > 0 ? apps : undefined,
    name: text("name"),
    scope: Array.isArray(scopes) ? scopes.filter(isText) : undefined,
    end: value("end"),
    issued: value("issued"),
    life: value("life"),
  });
}

function isLikely({ value }: Read): boolean {
  return isText(value) && looksLikeId(value);
}

/** `location: { id, name }` says what `locationId` and `name` would; a nested object with more in it stands for itself. */
function lift(role: FieldRole | undefined, value: Readonly<Record<string, unknown>>): Read[] | undefined {
  if (role !== "location" && role !== "company") return undefined;
  const { id: plain, _id, name } = value;
  const id = unwrapped(plain ?? _id);
  if (!isText(id) || /token|eyJ|pit-/i.test(JSON.stringify(value))) return undefined;
  const inner = Object.values(value).filter((field) => typeof field === "object" && field !== null);
  if (role === "location" ? inner.length > 0 : inner.some(Array.isArray)) return undefined;
  const found: Read[] = [{ role: `${role}Id`, prefix: "", value: id }];
  if (role === "location" && isText(name)) found.push({ role: "name", prefix: "", value: name });
  return found;
}

/** `value` without the wrappers of MongoDB's, Firestore's and DynamoDB's JSON: `{"$numberLong": "1"}`, `{"stringValue": "…"}`, `{"S": "…"}`. */
export function unwrapped(value: unknown): unknown {
  if (!isObject(value)) return value;
  const [name = "", ...more] = Object.keys(value);
  if ((name === "_seconds" || name === "seconds") && /nanoseconds$/.test(more.join())) return value[name];
  if (more.length > 0 || !WRAPPERS.has(name)) return value;
  const inner = unwrapped(value[name]);
  if (name === "mapValue") return isObject(inner) && isObject(inner["fields"]) ? inner["fields"] : inner;
  if (name === "arrayValue") return isObject(inner) ? inner["values"] : inner;
  if (name === "NULL") return null;
  const isNumber = name.startsWith("$number") || name === "integerValue" || name === "doubleValue" ||
    name === "N";
  return isNumber && isText(inner) ? Number(inner) : inner;
}

const WRAPPERS = new Set([
  "$date",
  "$numberLong",
  "$numberInt",
  "$numberDouble",
  "$oid",
  "stringValue",
  "integerValue",
  "doubleValue",
  "timestampValue",
  "booleanValue",
  "mapValue",
  "arrayValue",
  "S",
  "N",
  "BOOL",
  "NULL",
  "M",
  "L",
]);
