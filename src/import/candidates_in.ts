import { defined } from "../oauth/defined.ts";
import { isObject, isText } from "../oauth/fields.ts";
import { orUndefined } from "../oauth/or_undefined.ts";
import { type Candidate, type Stated, userTypeIn } from "./candidate.ts";
import { bareCell, isId, looksLikeId } from "./cell_values.ts";
import { isHeader } from "./field_names.ts";
import { type Field, readFields, unwrapped } from "./read_fields.ts";
import { tokensIn } from "./row_by_look.ts";
import { appOf, isHighLevelJwt } from "./token_facts.ts";

/** Where a value stands. */
interface Place {
  readonly path: string;
  /** The name it stands under, or that of the list it is an item of. */
  readonly name: string;
  /** The name around that one. */
  readonly within?: string;
  /** What stands around it says. */
  readonly around: Stated;
  readonly depth: number;
}

/** Deeper than this nobody keeps tokens: it is an attack, or a mistake. */
const DEEPEST = 32;
/** Names of lists whose items' `id` is that of a location; of others it is somebody else's. */
const LISTS =
  /^(|items|data|results?|rows|records|list|docs|documents|values|connections|install\w*|accounts|hits|locations?|subaccounts?|companies|company|agency|agencies)$/;
/** Names of lists of ids. */
const ID_LISTS =
  /^(?!approved)(|ids|.*locations?|.*location_?ids?|.*sub_?accounts?(_?ids?)?|.*compan(y|ies)(_?ids?)?|.*agenc(y|ies)(_?ids?)?)$/i;

/** What may be connections in one JSON value at `path`, with all that is nested in it. */
export function candidatesIn(value: unknown, path = ""): Candidate[] {
  return inside(value, { path, name: "", around: {}, depth: 0 });
}

/** What may be connections in one row of a table or one set of variables. */
export function candidatesInFields(fields: readonly Field[]): Candidate[] {
  return inFields(fields, { path: "", name: "", around: {}, depth: 0 });
}

function inside(wrapped: unknown, place: Place): Candidate[] {
  if (place.depth > DEEPEST) return [{ path: place.path, tokens: [], own: {}, stated: {} }];
  const value = withJson(unwrapped(wrapped));
  if (Array.isArray(value)) return inList(value, place);
  return isObject(value) ? inFields(Object.entries(value), place) : inText(value, place);
}

function inList(list: readonly unknown[], place: Place): Candidate[] {
  const header = headerIn(list[0]);
  return list.flatMap((item, index) => {
    const path = `${place.path}[${index}]`;
    if (!header || !Array.isArray(item)) return inItem(item, path, place);
    return index === 0 ? [] : inFields(underHeader(header, item), { ...place, path, depth: place.depth + 1 });
  });
}

/** The names of columns, where `value` is a list of them, as in what Google Sheets answers. */
function headerIn(value: unknown): readonly string[] | undefined {
  return Array.isArray(value) && value.every((name) => typeof name === "string") && isHeader(value)
    ? value
    : undefined;
}

/** The cells of a row under their columns' names; those beyond the header have none. */
export function underHeader(header: readonly string[], cells: readonly unknown[]): Field[] {
  return cells.flatMap((cell, index): Field[] => cell === "" ? [] : [[header[index] ?? "", cell]]);
}

function inItem(item: unknown, path: string, place: Place): Candidate[] {
  return inside(item, { ...place, path, depth: place.depth + 1 });
}

/** A text that stands alone in a list: an id, or a token. */
function inText(value: unknown, { path, name, around }: Place): Candidate[] {
  if (!isText(value)) return [];
  const text = bareCell(value);
  const tokens = tokensIn(text).filter((token) => name === "" || isHighLevelJwt(token));
  if (tokens.length > 0) {
    return tokens.map((token) => ({ path, tokens: [{ name: "", text: token }], own: {}, stated: {} }));
  }
  if (!isId(text) || !ID_LISTS.test(name)) return [];
  const kind = userTypeIn(
    name.replace(/.*?(location|sub_?account|compan|agenc)/i, "$1").replace(/_?ids?$/i, ""),
  );
  const own: Stated = kind === "Company" ? { companyId: text } : { locationId: text };
  return [{ path, tokens: [], own, stated: { ...kind !== "Company" && agencyOf(around), ...own } }];
}

function inFields(fields: readonly Field[], place: Place): Candidate[] {
  const { groups, own: read, nested } = readFields(fields.map(([name, value]) => [name, withJson(value)]));
  const own = completed(read, place, nested);
  const { around } = place;
  const stated = { ...(hasTarget(own) && !isInLocation(own, around) ? agencyOf(around) : around), ...own };
  const found = groups.map(({ tokens, said }): Candidate => {
    const mine = { ...own, ...said };
    return { path: place.path, tokens, own: mine, stated: { ...stated, ...said } };
  });
  const listed = fields.flatMap(([id, value]) =>
    // `{ "<id>": true }`, as Firebase lists
    looksLikeId(id) && (value === true || isText(value) && tokensIn(value).length === 0)
      ? inText(id, { ...place, path: [place.path, id].filter(Boolean).join(".") })
      : []
  );
  const below = nested.flatMap(([name, value]) =>
    inside(value, {
      path: [place.path, shownKey(name)].filter(Boolean).join("."),
      name,
      within: place.name,
      around: stated,
      depth: place.depth + 1,
    })
  );
  if (found.length === 0 && hasTarget(own) && !isOnlyAround(own, below) && !isRecordKey(own, below, place)) {
    found.push({ path: place.path, tokens: [], own, stated });
  }
  return [...found, ...listed, ...below];
}

/** Whether ids only say whose the things below them are: tokens without other ids, or an agency's locations. */
function isOnlyAround(own: Stated, below: readonly Candidate[]): boolean {
  if (
    own.locationId === undefined && (own.companyId !== undefined || own.kind === "Company") &&
    below.length > 0
  ) {
    return true;
  }
  const ids = idsOf(own);
  return below.some(({ tokens, own: theirs }) =>
    tokens.length > 0 &&
    (!hasTarget(theirs) || isInLocation(theirs, own) || idsOf(theirs).some((id) => ids.includes(id)))
  );
}

/** Whether an `id` is only that of a record, as Airtable's and HubSpot's: the fields below it name the location. */
function isRecordKey(
  { locationId, companyId, resourceId, kind }: Stated,
  below: readonly Candidate[],
  { path }: Place,
): boolean {
  return (locationId ?? companyId ?? resourceId ?? kind) === undefined &&
    below.some(({ path: inner, own }) =>
      own.locationId !== undefined && !inner.slice(path.length).includes("[")
    );
}

function idsOf({ locationId, companyId, resourceId, id }: Stated): unknown[] {
  return [locationId, companyId, resourceId, id].filter((known) => known !== undefined);
}

/** A key, as far as it can be shown: people keep things under tokens too. */
function shownKey(name: string): string {
  return /^[\w:.@ /-]{1,40}$/.test(name) ? name : "…";
}

/** `own` with what the place tells: the list's name says of what an `id` is, and a key can be an id. What has locations is an agency. */
function completed(own: Stated, { name, within = "", path }: Place, nested: readonly Field[]): Stated {
  const { id, name: told, ...rest } = own;
  const document = told?.includes("/documents/") ? told : undefined; // Firestore's name of it ends with its key
  const isForeign = id !== undefined && !LISTS.test(name.toLowerCase());
  const isNamed = namesLocation(rest) || id !== undefined && !isForeign ||
    own.kind === "Company" && own.companyId !== undefined;
  const key = isNamed || path.endsWith("]") && !document ? undefined : idInKey(document ?? name);
  const keyed = key?.id === own.companyId ? undefined : key;
  const kind = own.kind ?? keyed?.kind ?? userTypeIn(name) ?? userTypeIn(keyed ? within : "") ??
    ((keyed ?? id) && nested.some(([list]) => userTypeIn(list) === "Location" && /s$/i.test(list))
      ? "Company"
      : undefined);
  const known = { id: keyed?.id ?? (isForeign ? undefined : id), kind, name: document ? undefined : told };
  return { ...rest, ...defined(known) };
}

/** The id in a key such as `l1C08ntBrFjLS0elLIYU` or `ghl:location:l1C08ntBrFjLS0elLIYU`. */
function idInKey(key: string): { readonly id: string; readonly kind: Stated["kind"] } | undefined {
  const parts = key.split(/[^A-Za-z0-9]+/);
  const kinds = parts.map(userTypeIn);
  const ids = parts.flatMap((id, index) => looksLikeId(id) ? [{ id, kind: kinds[index - 1] }] : []);
  if (ids.length === 1) return ids.map(({ id }) => ({ id, kind: kinds.find(Boolean) }))[0];
  const locations = ids.filter(({ kind }) => kind === "Location");
  return locations.length === 1 ? locations[0] : undefined;
}

/** Whether what names an agency only stands in what names a location: then it is that location's. */
function isInLocation({ companyId, kind, ...ids }: Stated, around: Stated): boolean {
  const location = around.locationId ?? around.id;
  return companyId !== undefined && kind !== "Company" && !namesLocation(ids) &&
    around.kind !== "Company" && location !== undefined && location !== companyId;
}

/** Whether more than an agency is named. */
function namesLocation({ locationId, resourceId, id, unclear }: Stated): boolean {
  return (locationId ?? resourceId ?? id ?? unclear) !== undefined;
}

function hasTarget(stated: Stated): boolean {
  return stated.unclear === true || idsOf(stated).length > 0;
}

/** Of what stands around a connection with an id of its own, only the agency and the app are about it too. */
function agencyOf({ companyId, resourceId, id, kind, apps }: Stated): Stated {
  const agency = companyId ?? (kind === "Company" ? resourceId ?? id : undefined);
  // Of several apps nothing tells which one is meant.
  return defined({ companyId: agency, apps: new Set(apps?.map(appOf)).size === 1 ? apps : undefined });
}

/** `value`, read where it is JSON in a text, as databases write a column of JSON. */
function withJson(value: unknown): unknown {
  if (!isText(value) || !/^\s*["[{]/.test(value)) return value;
  const read = (text: string): unknown => orUndefined<unknown>(() => JSON.parse(text));
  const found = read(value) ?? read(unescaped(value)) ??
    read(value.replace(PYTHONS, (word) => JSONS[word] ?? word));
  return typeof found === "string" ? withJson(found) : found ?? value;
}

/** What Python writes otherwise than JSON, as where a table of pandas became CSV. */
const PYTHONS = /'|\b(None|True|False)\b/g;
const JSONS: Readonly<Record<string, string>> = { "'": '"', None: "null", True: "true", False: "false" };

/** `text` as it was before `mysql --batch` or Postgres's COPY wrote it into one line. */
function unescaped(text: string): string {
  return text.replace(/\\([ntr0\\])/g, (_, letter: string) => ESCAPED[letter] ?? letter);
}

const ESCAPED: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", 0: "\0" };
