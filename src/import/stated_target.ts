import { checkText } from "../oauth/check.ts";
import { checkId, type ConnectionTarget, userTypeOf } from "../oauth/target.ts";
import type { Stated } from "./candidate.ts";
import { bareCell, isForeignKey, spreadsheetDamage } from "./cell_values.ts";

/**
 * The connection that a row names without its tokens. A row's `id` is a location's, as in HighLevel's own lists, unless the row
 * says that it is a company: the `companyId` beside it is the location's agency.
 *
 * @throws {TypeError} when the row names none, or one that cannot be; it says which field.
 */
export function statedTarget(stated: Stated): ConnectionTarget {
  const { locationId, companyId, resourceId, id, kind } = stated;
  if (kind === "Company") {
    return { companyId: idOf("companyId", companyId ?? resourceId ?? likely(id) ?? id) };
  }
  if (locationId !== undefined) return { locationId: idOf("locationId", locationId) };
  if (kind === "Location") return { locationId: idOf("locationId", resourceId ?? id) };
  if (resourceId !== undefined) {
    throw new TypeError(
      `it does not tell whether resourceId is a location's or a company's: it has no userType`,
    );
  }
  if (likely(id) !== undefined) return { locationId: idOf("id", id) };
  if (companyId !== undefined) return { companyId: idOf("companyId", companyId) };
  if (id !== undefined) throw new TypeError(damageOf("id", id) ?? `its id ${id} is no id of HighLevel's`);
  throw new TypeError("it has neither a locationId nor a companyId");
}

/** The agency of a location, as the row says it; what cannot be one is noted and left out: the location is good without it. */
export function statedAgency(
  { companyId }: Stated,
  target: ConnectionTarget,
  notes: string[],
): string | undefined {
  if (companyId === undefined || userTypeOf(target) === "Company") return undefined;
  try {
    return idOf("companyId", companyId);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    notes.push(`its agency is left out: ${error.message}`);
    return undefined;
  }
}

/** `value` as the id in `field`. @throws {TypeError} naming the field. */
function idOf(field: string, value: unknown): string {
  const damage = damageOf(field, value);
  if (damage !== undefined) throw new TypeError(damage);
  if (value === undefined) throw new TypeError(`it has no ${field}`);
  return checkId(field, typeof value === "string" ? bareCell(value) : value);
}

/** What a spreadsheet did to the id in `field`; `undefined` where nothing. */
export function damageOf(field: string, value: unknown): string | undefined {
  const damage = spreadsheetDamage(value);
  return damage && `${field} is broken: ${damage}`;
}

/** An `id` that can be HighLevel's, rather than the key of a database. */
function likely(id: unknown): unknown {
  return typeof id === "number" || typeof id === "string" && isForeignKey(id) || damageOf("id", id)
    ? undefined
    : id;
}

/** Returns `text` if a header can carry it. @throws {TypeError} naming `field`. */
export function bearerIn(field: string, text: string): string {
  return checkText(field, text, /^[!-~]+$/, "a string without spaces or line ends");
}
