import type { Random } from "./random.ts";
import { tokenIdIn, tokenText } from "./token_text.ts";
import { type Installation, userTypeOf } from "./world.ts";

/** One token ever issued. Its text is made again when needed: a connection costs two small objects. */
export interface TokenRecord {
  readonly kind: "access" | "refresh";
  readonly id: string;
  readonly serial: number;
  readonly holder: Installation;
  readonly issuedAt: number;
  readonly expiresAt: number;
  spent: boolean;
}

/** One authorization code ever issued. */
export interface CodeRecord {
  readonly code: string;
  readonly serial: number;
  readonly holder: Installation;
  readonly expiresAt: number;
  /** The client that asked for it, the only one that may exchange it; `null` for any pair of the app. */
  readonly clientId: string | null;
  readonly redirectUri: string | null;
  spent: boolean;
}

/** Every token and code ever issued, and which of them still work. */
export class Ledger {
  readonly tokens: Map<string, TokenRecord> = new Map();
  readonly codes: Map<string, CodeRecord> = new Map();
  /** The serial number of the next token or code. */
  nextSerial = 1;

  /** Issues a token to an installation. */
  issueToken(
    kind: "access" | "refresh",
    holder: Installation,
    random: Random,
    now: number,
    lifetimeMs: number,
  ): TokenRecord {
    const record: TokenRecord = {
      kind,
      id: random.id(),
      serial: this.nextSerial++,
      holder,
      issuedAt: now,
      expiresAt: now + lifetimeMs,
      spent: false,
    };
    this.tokens.set(record.id, record);
    return record;
  }

  /** Issues an authorization code for an installation. */
  issueCode(
    holder: Installation,
    random: Random,
    expiresAt: number,
    clientId: string | null,
    redirectUri: string | null,
  ): CodeRecord {
    const code = random.hex(40);
    const record = {
      code,
      serial: this.nextSerial++,
      holder,
      expiresAt,
      clientId,
      redirectUri,
      spent: false,
    };
    this.codes.set(code, record);
    return record;
  }

  /** The record of a token's text; `undefined` unless exactly this text was issued. */
  findToken(text: string): TokenRecord | undefined {
    const record = this.tokens.get(tokenIdIn(text));
    return record !== undefined && textOf(record) === text ? record : undefined;
  }

  /** Whether a token works now. */
  isLivingToken(token: TokenRecord, now: number): boolean {
    const { holder } = token;
    if (token.spent || now >= token.expiresAt) return false;
    if (token.serial < holder.tokensFrom) return false;
    return token.kind === "refresh" || token.serial >= holder.accessFrom;
  }

  /** Whether a code can be exchanged now. */
  isLivingCode(code: CodeRecord, now: number): boolean {
    return !code.spent && now < code.expiresAt && code.serial >= code.holder.codesFrom;
  }

  /** The text of every token and code ever issued. */
  secrets(): string[] {
    return [...Array.from(this.tokens.values(), textOf), ...this.codes.keys()];
  }
}

/** The text of a token that was issued. */
export function textOf(token: TokenRecord): string {
  return tokenText({
    kind: token.kind,
    id: token.id,
    authClass: userTypeOf(token.holder),
    authClassId: token.holder.id,
    companyId: token.holder.kind === "company" ? token.holder.id : token.holder.companyId,
    issuedAt: token.issuedAt,
    expiresAt: token.expiresAt,
  });
}
