import type { ConnectionTarget } from "../oauth/mod.ts";

/** A connection as paths, rows and messages name it. */
export interface KindAndId {
  /** Of a location, or of a company. */
  readonly kind: "location" | "company";
  /** The id of the location or company. */
  readonly id: string;
}

/** The kind of connection that a row's cell or a message names. */
export function kindIn(cell: unknown): KindAndId["kind"] {
  return cell === "company" ? "company" : "location";
}

/** How paths, rows and messages name `target`. */
export function kindAndId(
  { locationId, companyId }: { readonly locationId?: string; readonly companyId?: string },
): KindAndId {
  return locationId === undefined
    ? { kind: "company", id: companyId ?? "" }
    : { kind: "location", id: locationId };
}

/** The connection that is named so. */
export function targetOf({ kind, id }: KindAndId): ConnectionTarget {
  return kind === "company" ? { companyId: id } : { locationId: id };
}
