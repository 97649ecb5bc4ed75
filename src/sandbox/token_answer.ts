import type { ApiVersion, Simulation } from "./call.ts";
import { textOf } from "./ledger.ts";
import { type Installation, userTypeOf } from "./world.ts";

/** Answer of the token endpoint as HighLevel's legacy version spells it. */
export interface TokenAnswer {
  /** A JWT of 1-3 kB. */
  readonly access_token: string;
  /** Always `Bearer`. */
  readonly token_type: "Bearer";
  /** Seconds the access token lives. */
  readonly expires_in: number;
  /** Absent only for location tokens where the sandbox is told so. */
  readonly refresh_token?: string;
  /** Space-separated. */
  readonly scope: string;
  /** Whose token it is. */
  readonly userType: "Location" | "Company";
  /** Present for a location's token. */
  readonly locationId?: string;
  /** Present for a company's token, and for a location's whose company is known. */
  readonly companyId?: string;
  /** Names the refresh token without being one. */
  readonly refreshTokenId?: string;
  /** The client id up to its first `-`. */
  readonly appId: string;
  /** Whether an agency installed the app for its locations. */
  readonly isBulkInstallation: boolean;
}

/** Issues a new access token, and a refresh token unless told otherwise. */
export function issueTokens(
  simulation: Simulation,
  place: Installation,
  refreshable: "with refresh token" | "access only" = "with refresh token",
): TokenAnswer {
  const { ledger, random, settings, app } = simulation;
  const now = settings.now();
  const access = ledger.issueToken("access", place, random, now, settings.expiresIn * 1000);
  const refresh = refreshable === "access only"
    ? undefined
    : ledger.issueToken("refresh", place, random, now, settings.refreshTokenLifetimeMs);
  const companyId = place.kind === "company" ? place.id : place.companyId;
  return {
    access_token: textOf(access),
    token_type: "Bearer",
    expires_in: settings.expiresIn,
    ...refresh && { refresh_token: textOf(refresh) },
    scope: app.scope,
    userType: userTypeOf(place),
    ...place.kind === "location" && { locationId: place.id },
    ...companyId !== null && { companyId },
    ...refresh && { refreshTokenId: refresh.id },
    appId: appIdOf(app.clientId),
    isBulkInstallation: place.kind === "company",
  };
}

/** The same answer in the spelling of a version. */
export function spelled(answer: TokenAnswer, version: ApiVersion): object {
  if (version !== "v3") return answer;
  const { access_token, token_type, expires_in, refresh_token, ...rest } = answer;
  return {
    accessToken: access_token,
    tokenType: token_type,
    expiresIn: expires_in,
    ...refresh_token !== undefined && { refreshToken: refresh_token },
    ...rest,
  };
}

/** An app's id: its client id up to the first `-`. */
export function appIdOf(clientId: string): string {
  return clientId.split("-", 1).join("");
}
