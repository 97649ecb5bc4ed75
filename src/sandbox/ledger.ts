import { type Installation, userTypeOf } from "./installation.ts";
import type { Random } from "./random.ts";
import { tokenIdIn, tokenText } from "./token_text.ts";

/** What a token says about itself for good: later changes of its holder do not change its text. */
export interface TokenOrigin {
  /** The client it was issued to, the only one that may refresh it; `null` in a snapshot older than this field. */
  readonly clientId: string | null;
  /** The company at the time. */
  readonly companyId: string | null;
  /** The holder's id, or the company's whose token it was made from; `null` as with `clientId`. */
  readonly primaryAuthClassId: string | null;
}

/** How a refresh token was used up. */
export interface Rotation {
  /** When, ms since the epoch. */
  readonly at: number;
  /** The id of the refresh token that came in its place. */
  readonly successorId: string;
}

/** One token ever issued. Its text is made again when needed: a connection costs two small objects. */
export interface TokenRecord extends TokenOrigin {
  readonly kind: "access" | "refresh";
  readonly id: string;
  readonly serial: number;
  readonly holder: Installation;
  readonly issuedAt: number;
  readonly expiresAt: number;
  spent: boolean;
  rotation: Rotation | null;
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
  /** The app's version that the exchange installs; `null` for no change. */
  readonly versionId: string | null;
  spent: boolean;
}

/** What an authorization code is made for, beside its holder. Every field may be open. */
export type CodePurpose = Partial<Pick<CodeRecord, "clientId" | "redirectUri" | "versionId">>;

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
    origin: TokenOrigin,
    random: Random,
    now: number,
    lifetimeMs: number,
  ): TokenRecord {
    const record: TokenRecord = {
      kind,
      id: random.id(),
      serial: this.nextSerial++,
      holder,
      ...origin,
      issuedAt: now,
      expiresAt: now + lifetimeMs,
      spent: false,
      rotation: null,
    };
    this.tokens.set(record.id, record);
    return record;
  }

  /** Issues an authorization code for an installation. */
  issueCode(
    holder: Installation,
    random: Random,
    expiresAt: number,
    { clientId = null, redirectUri = null, versionId = null }: CodePurpose = {},
  ): CodeRecord {
    const code = random.hex(40);
    const serial = this.nextSerial++;
    const record = { code, serial, holder, expiresAt, clientId, redirectUri, versionId, spent: false };
    this.codes.set(code, record);
    return record;
  }

  /** The record of a token's text; `undefined` unless exactly this text was issued. */
  findToken(text: string): TokenRecord | undefined {
    const record = this.tokens.get(tokenIdIn(text));
    return record !== undefined && textOf(record) === text ? record : undefined;
  }

  /** Whether a token has expired or was made void, whatever it was used for. */
  isVoidToken(token: TokenRecord, now: number): boolean {
    const { holder } = token;
    if (now >= token.expiresAt || token.serial < holder.tokensFrom) return true;
    return token.kind === "access" && token.serial < holder.accessFrom;
  }

  /** Whether a token works now. */
  isLivingToken(token: TokenRecord, now: number): boolean {
    return !token.spent && !this.isVoidToken(token, now);
  }

  /** Whether a code can be exchanged now. */
  isLivingCode(code: CodeRecord, now: number): boolean {
    return !code.spent && now < code.expiresAt && code.serial >= code.holder.codesFrom;
  }

  /** Makes every token and code of an installation void. */
  endTokens(holder: Installation): void {
    holder.tokensFrom = this.nextSerial;
    holder.codesFrom = this.nextSerial;
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
    companyId: token.companyId,
    sourceId: token.clientId,
    primaryAuthClassId: token.primaryAuthClassId,
    issuedAt: token.issuedAt,
    expiresAt: token.expiresAt,
  });
}
