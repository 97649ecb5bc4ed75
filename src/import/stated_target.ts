import { type ConnectionTarget, userTypeOf } from "../oauth/target.ts";
import type { Stated } from "./candidate.ts";
import { bareCell, isForeignKey, isId, spreadsheetDamage } from "./cell_values.ts";
import { BadRowError, type Remark, remark } from "./remarks.ts";

/**
 * The connection that a row names without its tokens. A row's `id` is a location's, as in HighLevel's own lists, unless the row
 * says that it is a company: the `companyId` beside it is the location's agency.
 *
 * @throws {BadRowError} when the row names none, or one that cannot be; it says which field.
 */
export function statedTarget(stated: Stated): ConnectionTarget {
  const { locationId, companyId, resourceId, id, kind, unclear } = stated;
  if (kind === "Company") {
    return { companyId: idOf("companyId", companyId ?? resourceId ?? likely(id) ?? id) };
  }
  if (locationId !== undefined) return { locationId: idOf("locationId", locationId) };
  if (unclear && resourceId === undefined && likely(id) === undefined) {
    throw new BadRowError(remark("many_ids"));
  }
  if (kind === "Location") return { locationId: idOf("locationId", resourceId ?? id) };
  if (resourceId !== undefined) {
    throw new BadRowError(remark("no_kind"));
  }
  if (likely(id) !== undefined && id !== companyId) return { locationId: idOf("id", id) };
  const broken = typeof id === "string" ? damageOf("id", id) : undefined;
  if (broken) throw new BadRowError(broken);
  if (companyId !== undefined) return { companyId: idOf("companyId", companyId) };
  if (id !== undefined) throw new BadRowError(damageOf("id", id) ?? remark("foreign_id", `${id}`));
  throw new BadRowError(remark("no_target"));
}

/** The agency of a location, as the row says it; what cannot be one is noted and left out: the location is good without it. */
export function statedAgency(
  { companyId }: Stated,
  target: ConnectionTarget,
  notes: Remark[],
): string | undefined {
  if (companyId === undefined || userTypeOf(target) === "Company") return undefined;
  try {
    return idOf("companyId", companyId);
  } catch (error) {
    if (!(error instanceof BadRowError)) throw error;
    notes.push({ ...remark("agency_left_out"), because: error.remark });
    return undefined;
  }
}

/** `value` as the id in `field`. @throws {BadRowError} naming the field. */
export function idOf(field: string, value: unknown): string {
  const damage = damageOf(field, value);
  if (damage !== undefined) throw new BadRowError(damage);
  if (value === undefined) throw new BadRowError(remark("no_field", field));
  const id = typeof value === "string" ? bareCell(value) : value;
  if (!isId(id)) throw new BadRowError(remark("no_id", field));
  return id;
}

/** What a spreadsheet did to the id in `field`; `undefined` where nothing. */
export function damageOf(field: string, value: unknown): Remark | undefined {
  const damage = spreadsheetDamage(value);
  return damage && remark(damage, field);
}

/** An `id` that can be HighLevel's, rather than the key of a database. */
function likely(id: unknown): unknown {
  return typeof id === "number" || typeof id === "string" && isForeignKey(id) || damageOf("id", id)
    ? undefined
    : id;
}

/** Returns `text` if a header can carry it. @throws {BadRowError} naming `field`. */
export function bearerIn(field: string, text: string): string {
  if (!/^[!-~]+$/.test(text)) throw new BadRowError(remark("no_bearer", field));
  return text;
}
