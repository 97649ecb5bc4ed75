import { defined } from "./defined.ts";
import { amount, fieldsOf, isText } from "./fields.ts";
import { inspectAs, REDACTED } from "./redact.ts";
import { isUserType, type UserType } from "./target.ts";

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

/**
 * Reads a token answer, in either of HighLevel's spellings. Optional fields of the wrong type are left out:
 * a strange extra must not cost a token that was already rotated.
 *
 * @throws {HighLevelError} `malformed_response` naming `accessToken` or `expiresIn` where it is missing.
 */
export function tokenSetFrom(body: unknown, receivedAt: number, requested: UserType): TokenSet {
  const field = fieldsOf(body);
  const userType = field.value("userType");
  const approved = field.value("approvedLocations");
  return redactTokenSet(defined({
    accessToken: field.string("accessToken"),
    tokenType: field.text("tokenType") ?? "Bearer",
    expiresAt: new Date(
      receivedAt + field.required("expiresIn", amount(field.value("expiresIn"))) * 1000,
    ),
    scope: [field.value("scope")].flat().filter(isText).join(" ").split(" ").filter(Boolean),
    userType: isUserType(userType) ? userType : requested,
    refreshToken: field.text("refreshToken"),
    locationId: field.text("locationId"),
    companyId: field.text("companyId"),
    userId: field.text("userId"),
    refreshTokenId: field.text("refreshTokenId"),
    planId: field.text("planId"),
    appId: field.text("appId"),
    versionId: field.text("versionId"),
    isBulkInstallation: field.flag("isBulkInstallation"),
    installToFutureLocations: field.flag("installToFutureLocations"),
    approveAllLocations: field.flag("approveAllLocations"),
    approvedLocations: Array.isArray(approved) ? approved.filter(isText) : undefined,
  }));
}

/** Makes `tokens` inspect without its tokens; its fields and its JSON stay whole. */
export function redactTokenSet(tokens: TokenSet): TokenSet {
  const refreshToken = tokens.refreshToken && REDACTED;
  return inspectAs(tokens, defined({ ...tokens, accessToken: REDACTED, refreshToken }));
}
