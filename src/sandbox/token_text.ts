import { base64 } from "./base64.ts";

/** What a token's text is made from; the same facts always make the same text, so no text is ever stored. */
export interface TokenFacts {
  readonly kind: "access" | "refresh";
  readonly id: string;
  readonly authClass: "Location" | "Company";
  readonly authClassId: string;
  readonly companyId: string | null;
  /** The client id it was issued to; `null` leaves the claim out. */
  readonly sourceId: string | null;
  /** Its own id, or the company's whose token it was made from; `null` leaves the claim out. */
  readonly primaryAuthClassId: string | null;
  readonly issuedAt: number;
  readonly expiresAt: number;
}

const HEADER = base64url(`{"alg":"RS256","typ":"JWT"}`);
// A fixed remainder brings tokens to the 1-3 kB of HighLevel's without costing anything when one is made.
const REMAINDER = base64url(
  `"source":"INTEGRATION","channel":"OAUTH","oauthMeta":{"note":"${"made by the sandbox; ".repeat(38)}"}}`,
);
const SIGNATURE_REMAINDER = "sandboxsignature".repeat(21).slice(0, 322);

/** The text of a token: looks like a JWT of 1-3 kB, is signed by nobody. */
export function tokenText(facts: TokenFacts): string {
  const claims = `{"authClass":"${facts.authClass}",${claim("authClassId", facts.authClassId)}` +
    `${claim("companyId", facts.companyId)}${claim("sourceId", facts.sourceId)}` +
    `${claim("primaryAuthClassId", facts.primaryAuthClassId)}"tokenUse":"${facts.kind}","iat":${
      Math.floor(facts.issuedAt / 1000)
    },` +
    `"exp":${Math.floor(facts.expiresAt / 1000)},"jti":"${facts.id}",`;
  return `${HEADER}.${base64url(aligned(claims))}${REMAINDER}.${facts.id}${SIGNATURE_REMAINDER}`;
}

function claim(name: string, value: string | null): string {
  return value === null ? "" : `"${name}":${JSON.stringify(value)},`;
}

/** The id inside a token's text; whether that token was issued is for the ledger to say. */
export function tokenIdIn(text: string): string {
  const start = text.lastIndexOf(".") + 1;
  return text.slice(start, start + 20);
}

/** Pads with spaces to whole groups of three, so that encoded parts can be joined. */
function aligned(text: string): string {
  return text.padEnd(Math.ceil(text.length / 3) * 3, " ");
}

function base64url(text: string): string {
  return base64(text).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
