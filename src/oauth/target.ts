import { check, checkText } from "./check.ts";

/**
 * Names one connection: a location (sub-account) or a company (agency). Exactly one id, never both.
 *
 * @example
 * ```ts
 * const target: ConnectionTarget = { locationId: "l1C08ntBrFjLS0elLIYU" };
 * ```
 */
export type ConnectionTarget =
  | { readonly locationId: string; readonly companyId?: never }
  | { readonly companyId: string; readonly locationId?: never };

/** The kinds of user that a token can act for. */
export const USER_TYPES: readonly UserType[] = ["Location", "Company"];

/** The kind of user a token acts for: a location's or a company's (`user_type` on the wire). */
export type UserType = "Location" | "Company";

/**
 * Returns `value` if it can be a HighLevel id.
 *
 * @throws {TypeError} naming `field`, when it is empty, no string, or has characters outside `[A-Za-z0-9_-]`.
 */
export function checkId(field: string, value: unknown): string {
  return checkText(field, value, /^[A-Za-z0-9_-]{1,128}$/, "1 to 128 characters of A-Za-z0-9_-");
}

/**
 * Checks that `target` has exactly one valid id, and gives it alone: what else the caller's object carries stays there.
 *
 * @throws {TypeError} naming the field that is missing, doubled or malformed.
 */
export function checkTarget(target: ConnectionTarget): ConnectionTarget {
  const { locationId, companyId } = target ?? {};
  const isCompany = locationId === undefined;
  check(isCompany !== (companyId === undefined), "target must have either locationId or companyId");
  return isCompany
    ? { companyId: checkId("companyId", companyId) }
    : { locationId: checkId("locationId", locationId) };
}

/** The user type of the tokens that `target` needs. */
export function userTypeOf(target: ConnectionTarget): UserType {
  return target.locationId === undefined ? "Company" : "Location";
}

/** `target` in words, for messages: `Location l1C08ntBrFjLS0elLIYU`. */
export function describeTarget(target: ConnectionTarget): string {
  return `${userTypeOf(target)} ${target.locationId ?? target.companyId}`;
}
