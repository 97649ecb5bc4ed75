import { isText } from "../oauth/fields.ts";
import type { UserType } from "../oauth/target.ts";
import { claimsOf } from "../oauth/token_set.ts";
import { isId } from "./cell_values.ts";

/** What a token says of itself. Unverified: good for sorting tokens, never for trusting one. */
export interface TokenFacts {
  /** What it is; absent where it does not tell. */
  readonly use?: "access" | "refresh";
  /** Whom it acts for. */
  readonly userType?: UserType;
  /** Whose it is. */
  readonly id?: string;
  /** The agency of a location. */
  readonly companyId?: string;
  /** The client id that it was issued to. */
  readonly clientId?: string;
  /** When it was issued, ms since the epoch. */
  readonly issuedAt?: number;
  /** When it ends, ms since the epoch. */
  readonly expiresAt?: number;
}

/** A JWT that lives longer than this is a refresh token, ms. */
const LONGEST_ACCESS_MS = 7 * 86_400_000;

/** What `token` says of itself; nothing where it is opaque. */
export function tokenFacts(token: string): TokenFacts {
  if (token.split(".").length !== 3) return {};
  const { authClass, authClassId, companyId, sourceId, iat, exp } = claimsOf(token);
  const userType = authClass === "Location" || authClass === "Company" ? authClass : undefined;
  const issuedAt = secondsIn(iat);
  const expiresAt = secondsIn(exp);
  const isLong = issuedAt !== undefined && expiresAt !== undefined &&
    expiresAt - issuedAt > LONGEST_ACCESS_MS;
  return {
    ...(issuedAt !== undefined && expiresAt !== undefined && { use: isLong ? "refresh" : "access" }),
    ...(userType && { userType }),
    ...(isText(authClassId) && authClassId !== "" && { id: authClassId }),
    ...(userType === "Location" && isId(companyId) && { companyId }),
    ...(isText(sourceId) && sourceId !== "" && { clientId: sourceId }),
    ...(issuedAt !== undefined && { issuedAt }),
    ...(expiresAt !== undefined && { expiresAt }),
  };
}

/** Whether `token` says by itself that it is HighLevel's. */
export function isHighLevelJwt(token: string): boolean {
  return ownerOf(token) !== undefined;
}

/** Whose a token is, in one word; `undefined` where it does not say. */
export function ownerOf(token: string): string | undefined {
  const { userType, id } = tokenFacts(token);
  return userType && id ? `${userType} ${id}` : undefined;
}

/** Whether `text` is laid out as HighLevel's ids of apps and client ids are. */
export function isAppId(text: string): boolean {
  return /^[0-9a-f]{24}(-\w+)?$/.test(text);
}

/** Whether two client ids, or app ids, are of one app. */
export function isSameApp(one: string, other: string): boolean {
  return appOf(one) === appOf(other);
}

/** The app's id of a client id or an app id: what is before the first `-`. */
export function appOf(id: string): string {
  return id.replace(/-[^]*/, "");
}

function secondsIn(value: unknown): number | undefined {
  return typeof value === "number" && value > 0 && value < 1e11 ? value * 1000 : undefined;
}
