/** A location, an agency and others, as HighLevel spells ids. None is real. */
export const LOCATION = "l1C08ntBrFjLS0elLIYU";
export const OTHER_LOCATION = "Zx81QmPdR4tUv7WnYb2K";
export const COMPANY = "ve9EPM428h8vShlRW1KT";
export const APP = "6601aa02bb03cc04dd05ee06";
export const CLIENT_ID = `${APP}-lx1a2b3c`;
export const OTHER_APP = "99f1aa02bb03cc04dd05ee99";

/** What a token of these tests says of itself. */
export interface TokenClaims {
  readonly use?: "access" | "refresh";
  readonly authClass?: "Location" | "Company";
  readonly authClassId?: string;
  readonly companyId?: string;
  readonly sourceId?: string;
  readonly iat?: number;
}

/** 25 November 2026, in seconds. */
const ISSUED = 1_795_564_800;

/** A JWT as HighLevel's look, signed by nobody. */
export function jwtOf(claims: TokenClaims = {}): string {
  const { use = "access", authClass = "Location", authClassId = LOCATION, sourceId = CLIENT_ID } = claims;
  const { iat = ISSUED, companyId } = claims;
  const exp = iat + (use === "access" ? 86_399 : 31_536_000);
  const payload = { authClass, authClassId, ...(companyId && { companyId }), sourceId, iat, exp };
  return `${part({ alg: "RS256", typ: "JWT" })}.${part(payload)}.bWFkZSBmb3IgYSB0ZXN0`;
}

function part(value: unknown): string {
  return new TextEncoder().encode(JSON.stringify(value)).toBase64({
    alphabet: "base64url",
    omitPadding: true,
  });
}
