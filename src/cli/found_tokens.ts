import { checkBearer } from "../oauth/check.ts";
import { fieldsOf, isObject, moment } from "../oauth/fields.ts";
import { appIdOf } from "../oauth/highlevel_app.ts";
import { checkId, type ConnectionTarget, type UserType } from "../oauth/target.ts";
import { claimsOf, type JwtClaims } from "./jwt_claims.ts";

/** A token found in somebody's data. */
export interface FoundToken {
  /** Its text. */
  readonly text: string;
  /** When it was issued, ms since the epoch; 0 where nothing tells. */
  readonly issuedAt: number;
  /** When it ends, ms since the epoch; 0 where nothing tells: taken as ended. */
  readonly expiresAt: number;
}

/** What one row of an import tells of a connection. */
export interface FoundTokens {
  /** Which connection. */
  readonly target: ConnectionTarget;
  /** Its access token. */
  readonly access?: FoundToken;
  /** Its refresh token. */
  readonly refresh?: FoundToken;
  /** The agency of a location. */
  readonly companyId?: string;
  /** What the tokens may do. */
  readonly scope: readonly string[];
}

/** How long HighLevel's access tokens live, ms. */
export const ACCESS_TOKEN_MS = 86_399_000;
/** A JWT that lives longer than this is a refresh token, ms. */
const LONGEST_ACCESS_MS = 7 * 86_400_000;

/**
 * The tokens in one object: HighLevel's answer in either spelling, or a document of its SDK.
 *
 * @param clientId of the app whose tokens these should be; without it any app's are taken.
 * @throws {TypeError} naming the field that is missing, contradicts another or tells of another app.
 */
export function tokensInObject(row: Readonly<Record<string, unknown>>, clientId?: string): FoundTokens {
  const field = fieldsOf(plain(row));
  const accessText = field.text("accessToken");
  const refreshText = field.text("refreshToken");
  if (accessText === undefined && refreshText === undefined) {
    throw new TypeError("it has neither access_token nor refresh_token");
  }
  if (accessText !== undefined) checkBearer("access_token", accessText);
  if (refreshText !== undefined) checkBearer("refresh_token", refreshText);
  checkOwnApp(field.text("applicationId") ?? field.text("appId"), clientId);
  const accessClaims = accessText === undefined ? undefined : claimsOf(accessText);
  const refreshClaims = refreshText === undefined ? undefined : claimsOf(refreshText);
  const target = targetOf({
    userType: field.text("userType"),
    locationId: field.text("locationId"),
    companyId: field.text("companyId"),
    resourceId: field.text("resourceId"),
  }, accessClaims ?? refreshClaims ?? {});
  checkClaims(target, accessClaims, "access_token");
  checkClaims(target, refreshClaims, "refresh_token");

  const toldEnd = timeOf(field.value("expireAt") ?? field.value("expiresAt"));
  const expiresAt = Math.min(toldEnd ?? Infinity, accessClaims?.expiresAt ?? Infinity);
  const end = Number.isFinite(expiresAt) ? expiresAt : 0;
  const issuedAt = refreshClaims?.issuedAt ?? accessClaims?.issuedAt ??
    timeOf(field.value("issuedAt")) ?? Math.max(0, end - ACCESS_TOKEN_MS);
  const companyId = field.text("companyId");
  const scope = field.value("scope");
  return {
    target,
    ...(accessText !== undefined && { access: { text: accessText, issuedAt, expiresAt: end } }),
    ...(refreshText !== undefined &&
      { refresh: { text: refreshText, issuedAt, expiresAt: refreshClaims?.expiresAt ?? 0 } }),
    ...(companyId && target.locationId !== undefined && { companyId }),
    scope: typeof scope === "string" ? scope.split(/[\s,]+/).filter(Boolean) : textsIn(scope),
  };
}

/**
 * The token that a bare JWT is, told by its payload.
 *
 * @throws {TypeError} when it is no JWT or does not tell whose it is.
 */
export function tokensInJwt(text: string): FoundTokens {
  const claims = claimsOf(checkBearer("it", text));
  if (!claims) throw new TypeError("it is no JWT");
  const target = targetOf({}, claims);
  const { issuedAt = 0, expiresAt = 0 } = claims;
  const token = { text, issuedAt, expiresAt };
  const isRefresh = expiresAt - issuedAt > LONGEST_ACCESS_MS;
  return { target, ...(isRefresh ? { refresh: token } : { access: token }), scope: [] };
}

interface NamedIds {
  readonly userType?: string | undefined;
  readonly locationId?: string | undefined;
  readonly companyId?: string | undefined;
  readonly resourceId?: string | undefined;
}

function targetOf(ids: NamedIds, claims: JwtClaims): ConnectionTarget {
  const userType = userTypeOf(ids, claims);
  if (userType === "Location") {
    return { locationId: checkId("locationId", ids.locationId ?? ids.resourceId ?? claims.authClassId) };
  }
  if (userType === "Company") {
    return { companyId: checkId("companyId", ids.companyId ?? ids.resourceId ?? claims.authClassId) };
  }
  throw new TypeError("it does not tell whose tokens these are: no userType, locationId or companyId");
}

function userTypeOf(ids: NamedIds, claims: JwtClaims): UserType | undefined {
  if (ids.userType === "Location" || ids.userType === "Company") return ids.userType;
  if (claims.authClass) return claims.authClass;
  if (ids.locationId) return "Location";
  return ids.companyId ? "Company" : undefined;
}

/** Another app's tokens act for that app, and no credentials of this one can refresh them. */
function checkOwnApp(told: string | undefined, clientId: string | undefined): void {
  const appId = (id: string): string => appIdOf({ clientId: id, clientSecret: "" });
  if (told === undefined || clientId === undefined || appId(told) === appId(clientId)) return;
  throw new TypeError(`its tokens are of another app, ${appId(told)}`);
}

/** Tokens filed under a wrong id would act for somebody else. */
function checkClaims(target: ConnectionTarget, claims: JwtClaims | undefined, name: string): void {
  const { authClass, authClassId } = claims ?? {};
  const own = target.locationId === undefined ? "Company" : "Location";
  const id = target.locationId ?? target.companyId;
  if ((authClass && authClass !== own) || (authClassId && authClassId !== id)) {
    throw new TypeError(
      `${name} says that it belongs to ${authClass ?? "another"} ${authClassId ?? ""}`.trimEnd(),
    );
  }
}

/** A moment as databases keep it: ISO text, seconds or ms since the epoch. */
function timeOf(value: unknown): number | undefined {
  const number = typeof value === "string" && /^\d{9,14}$/.test(value) ? Number(value) : value;
  const time = moment(typeof number === "number" && number < 1e11 ? number * 1000 : number)?.getTime();
  return time !== undefined && time > 0 ? time : undefined;
}

function textsIn(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}

/** `row` without the wrappers of MongoDB's extended JSON: `{"$numberLong": "1"}`, `{"$date": "…"}`. */
function plain(row: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, unwrapped(value)]));
}

function unwrapped(value: unknown): unknown {
  if (!isObject(value)) return value;
  const [name = "", ...more] = Object.keys(value);
  if (more.length > 0 || !WRAPPERS.includes(name)) return value;
  const inner = unwrapped(value[name]);
  return name.startsWith("$number") && typeof inner === "string" ? Number(inner) : inner;
}

const WRAPPERS = ["$date", "$numberLong", "$numberInt", "$numberDouble", "$oid"];
