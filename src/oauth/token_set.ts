import { traceIdFrom } from "./request/refusal.ts";
import { defined } from "./defined.ts";
import { amount, fieldsOf, isObject, isText } from "./fields.ts";
import { orUndefined } from "./or_undefined.ts";
import { inspectAs, REDACTED } from "./request/redact.ts";
import { USER_TYPES, type UserType } from "./target.ts";

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
  /** What HighLevel's support asks for. */
  readonly traceId?: string;
}

/** A token answer, read. */
export interface TokenAnswer {
  /** The tokens. */
  readonly tokens: TokenSet;
  /** What was odd about the answer, in words without secrets; absent where nothing was. */
  readonly odd?: string;
}

/** Where neither the answer nor the token tells when it ends, it is used for this long, ms. */
const ASSUMED_LIFE_MS = 3_600_000;
/** No access token lives longer, seconds: a greater number is a mistake. */
const LONGEST_LIFE_SECONDS = 31_622_400;

/**
 * Reads a token answer, in either of HighLevel's spellings. Only the access token must be there: the refresh token was
 * spent for this answer, so nothing else is worth losing it. What is odd is put right as well as it goes, and told.
 *
 * Source: HighLevel's `oauth.json`, which requires `userId` alone of a token answer.
 *
 * @throws {HighLevelError} `malformed_response` naming `accessToken` where it is missing.
 */
export function tokenAnswerFrom(body: unknown, receivedAt: number, requested: UserType): TokenAnswer {
  const field = fieldsOf(body);
  const accessToken = field.string("accessToken");
  const userType = userTypeFrom(field.value("userType"));
  const approved = field.value("approvedLocations");
  const seconds = amount(field.value("expiresIn"));
  const isSane = seconds !== undefined && seconds > 0 && seconds <= LONGEST_LIFE_SECONDS;
  const expiresAt = isSane ? receivedAt + seconds * 1000 : endOf(accessToken, receivedAt);
  const tokens = redactTokenSet(defined({
    accessToken,
    tokenType: field.text("tokenType") ?? "Bearer",
    expiresAt: new Date(expiresAt),
    scope: [field.value("scope")].flat().filter(isText).join(" ").split(" ").filter(Boolean),
    userType: userType ?? requested,
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
    traceId: traceIdFrom(body, [accessToken]),
  }));
  const odd = isSane
    ? undefined
    : `it does not say when the token ends; taken: ${new Date(expiresAt).toISOString()}`;
  return defined({ tokens, odd });
}

/** The tokens of {@linkcode tokenAnswerFrom}. */
export function tokenSetFrom(body: unknown, receivedAt: number, requested: UserType): TokenSet {
  return tokenAnswerFrom(body, receivedAt, requested).tokens;
}

/** When a token ends whose answer does not say so, ms: as it says itself, else an hour from now. */
function endOf(accessToken: string, receivedAt: number): number {
  const endsAt = Number(claimsOf(accessToken).exp) * 1000;
  const isSane = endsAt > receivedAt && endsAt <= receivedAt + LONGEST_LIFE_SECONDS * 1000;
  return isSane ? endsAt : receivedAt + ASSUMED_LIFE_MS;
}

/** The user type that `value` tells, in whatever case. */
function userTypeFrom(value: unknown): UserType | undefined {
  return USER_TYPES.find((known) => isText(value) && value.toLowerCase() === known.toLowerCase());
}

/** Makes `tokens` inspect without its tokens; its fields and its JSON stay whole. */
export function redactTokenSet(tokens: TokenSet): TokenSet {
  const refreshToken = tokens.refreshToken && REDACTED;
  return inspectAs(tokens, defined({ ...tokens, accessToken: REDACTED, refreshToken }));
}

/** A copy of `tokens`: what a caller does to it touches nobody else. */
export function copyOf(tokens: TokenSet): TokenSet {
  const { expiresAt, scope, approvedLocations } = tokens;
  const own = { expiresAt: new Date(expiresAt), scope: [...scope] };
  const approved = approvedLocations && { approvedLocations: [...approvedLocations] };
  return redactTokenSet({ ...tokens, ...own, ...approved });
}

/**
 * What the payload of the JWT `token` claims, unverified; nothing where it is no JWT. Good for telling tokens apart, never
 * for trusting one.
 */
export function claimsOf(token: string): Record<string, unknown> {
  const [, payload = ""] = token.split(".");
  const claims = orUndefined<unknown>(() =>
    JSON.parse(atob(payload.replaceAll("-", "+").replaceAll("_", "/")))
  );
  return isObject(claims) ? claims : {};
}
