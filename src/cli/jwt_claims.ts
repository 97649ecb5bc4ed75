import { isObject } from "../oauth/fields.ts";

/** What a token's payload says of it: good for sorting tokens found somewhere, never for trusting one. */
export interface JwtClaims {
  /** Whom it acts for. */
  readonly authClass?: "Location" | "Company";
  /** Whose it is. */
  readonly authClassId?: string;
  /** When it was issued, ms since the epoch. */
  readonly issuedAt?: number;
  /** When it ends, ms since the epoch. */
  readonly expiresAt?: number;
}

/** The claims of `token`, unverified; `undefined` where it is no JWT. */
export function claimsOf(token: string): JwtClaims | undefined {
  const parts = token.split(".");
  if (parts.length !== 3) return undefined;
  const payload = payloadOf(parts[1] ?? "");
  if (!payload) return undefined;
  const { authClass, authClassId, iat, exp } = payload;
  return {
    ...((authClass === "Location" || authClass === "Company") && { authClass }),
    ...(typeof authClassId === "string" && authClassId !== "" && { authClassId }),
    ...(isSeconds(iat) && { issuedAt: iat * 1000 }),
    ...(isSeconds(exp) && { expiresAt: exp * 1000 }),
  };
}

function payloadOf(part: string): Record<string, unknown> | undefined {
  try {
    const bytes = Uint8Array.from(
      atob(part.replaceAll("-", "+").replaceAll("_", "/")),
      (char) => char.charCodeAt(0),
    );
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return isObject(value) ? value : undefined;
  } catch {
    return undefined; // opaque, or cut
  }
}

function isSeconds(value: unknown): value is number {
  return typeof value === "number" && value > 0 && value < 1e11;
}
