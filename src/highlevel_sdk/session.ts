import type { ConnectionTarget } from "../oauth/target.ts";
import { type TokenSet, tokenSetFrom } from "../oauth/token_set.ts";
import type { SdkSession } from "./sdk.ts";

/** How long HighLevel's access tokens live, ms: where a session does not say so. */
const ACCESS_TOKEN_MS = 86_399_000;

/** Tokens as the SDK keeps them, under the refresh token that it shall see. */
export function sessionOf(
  { accessToken, tokenType, scope, userType, expiresAt, companyId, locationId, userId }: TokenSet,
  refreshToken: string | undefined,
  now: number,
): SdkSession {
  return {
    access_token: accessToken,
    ...refreshToken && { refresh_token: refreshToken },
    token_type: tokenType,
    scope: scope.join(" "),
    userType,
    expires_in: Math.floor((expiresAt.getTime() - now) / 1000),
    expire_at: expiresAt.getTime(),
    ...companyId && { companyId },
    ...locationId && { locationId },
    ...userId && { userId },
  };
}

/** A session's tokens: those of the connection that its id and its user type name. */
export interface SessionTokens {
  /** Which connection. */
  readonly target: ConnectionTarget;
  /** Its tokens. */
  readonly tokens: TokenSet;
  /** When they were got. */
  readonly gotAt: Date;
}

/**
 * The tokens in `session`, kept under `resourceId`; `undefined` where it has none.
 *
 * @throws {TypeError} where they say by themselves that they are another connection's.
 */
export function tokensIn(resourceId: string, session: SdkSession, now: number): SessionTokens | undefined {
  if (!session.access_token) return undefined;
  const isCompany = session.userType === "Company";
  const target = isCompany ? { companyId: resourceId } : { locationId: resourceId };
  const read = tokenSetFrom({ ...session, ...target }, now, isCompany ? "Company" : "Location");
  const { expire_at: endsAt, expires_in: seconds } = session;
  // Read from a storage, `expires_in` says how long they lived when they were got, not how long they will.
  const tokens = endsAt === undefined ? read : { ...read, expiresAt: new Date(endsAt) };
  const lifeMs = seconds === undefined ? ACCESS_TOKEN_MS : seconds * 1000;
  return { target, tokens, gotAt: new Date(endsAt === undefined ? now : endsAt - lifeMs) };
}
