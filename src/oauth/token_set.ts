import { fieldsOf, isText, malformed } from "./fields.ts";
import { inspectAs } from "./redact.ts";
import type { UserType } from "./target.ts";

/**
 * The tokens of one connection, and what HighLevel tells about them. `JSON.stringify` writes all of it;
 * inspection shows no token.
 */
export interface TokenSet {
  /** Bearer token of API calls; lives a day. A JWT of 1 to 3 kB. */
  readonly accessToken: string;
  /** How to send the access token: `"Bearer"`. */
  readonly tokenType: string;
  /** When the access token ends. */
  readonly expiresAt: Date;
  /** Buys the next tokens, once; lives a year if unused. */
  readonly refreshToken?: string;
  /** What the tokens may do. */
  readonly scope: readonly string[];
  /** Whom the tokens act for. */
  readonly userType: UserType;
  /** The location the tokens are for. */
  readonly locationId?: string;
  /** The company, also of a location's tokens. */
  readonly companyId?: string;
  /** Who authorised the app. */
  readonly userId?: string;
  /** HighLevel's id of the refresh token. */
  readonly refreshTokenId?: string;
  /** The plan the app was bought with. */
  readonly planId?: string;
  /** The app. */
  readonly appId?: string;
  /** The installed version of the app. */
  readonly versionId?: string;
  /** Locations an agency approved in a bulk installation. */
  readonly approvedLocations?: readonly string[];
  /** Whether an agency installed the app for many locations at once. */
  readonly isBulkInstallation?: boolean;
  /** Whether locations added later get the app too. */
  readonly installToFutureLocations?: boolean;
  /** Whether the agency approved all its locations. */
  readonly approveAllLocations?: boolean;
}

/** Optional fields that are texts on the wire, in `TokenSet`'s spelling. */
const TEXTS = [
  "locationId",
  "companyId",
  "userId",
  "refreshTokenId",
  "planId",
  "appId",
  "versionId",
] as const;
const FLAGS = ["isBulkInstallation", "installToFutureLocations", "approveAllLocations"] as const;

/**
 * Reads a token answer, in either of HighLevel's spellings. Optional fields of the wrong type are left out:
 * a strange extra must not cost a token that was already rotated.
 *
 * @throws {HighLevelError} `malformed_response` naming `accessToken` or `expiresIn` where it is missing.
 */
export function tokenSetFrom(body: unknown, receivedAt: number, requested: UserType): TokenSet {
  const field = fieldsOf(body);
  const accessToken = field.string("accessToken");
  const lifetimeSeconds = field.number("expiresIn");
  if (lifetimeSeconds < 0 || lifetimeSeconds > 1e10) {
    throw malformed(`HighLevel's "expiresIn" is out of range.`);
  }
  const userType = field.text("userType");
  const refreshToken = field.text("refreshToken");
  const approved = field.value("approvedLocations");

  const tokens: { -readonly [K in keyof TokenSet]: TokenSet[K] } = {
    accessToken,
    tokenType: field.text("tokenType") ?? "Bearer",
    expiresAt: new Date(receivedAt + lifetimeSeconds * 1000),
    scope: [field.value("scope")].flat().filter(isText).flatMap((text) => text.split(" ")).filter(Boolean),
    userType: userType === "Location" || userType === "Company" ? userType : requested,
  };
  if (refreshToken !== undefined) tokens.refreshToken = refreshToken;
  for (const name of TEXTS) {
    const text = field.text(name);
    if (text !== undefined) tokens[name] = text;
  }
  for (const name of FLAGS) {
    const flag = field.value(name);
    if (typeof flag === "boolean") tokens[name] = flag;
  }
  if (Array.isArray(approved)) tokens.approvedLocations = approved.filter(isText);
  return redactTokenSet(tokens);
}

/** Makes `tokens` inspect without its tokens; its fields and its JSON stay whole. */
export function redactTokenSet(tokens: TokenSet): TokenSet {
  const { accessToken: _, refreshToken, ...shown } = tokens;
  return inspectAs(tokens, {
    accessToken: "[redacted]",
    ...(refreshToken !== undefined && { refreshToken: "[redacted]" }),
    ...shown,
  });
}
