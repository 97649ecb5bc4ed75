import type { Call, Simulation } from "./call.ts";
import { companyIdOf, type Installation, userTypeOf } from "./installation.ts";
import { textOf, type TokenRecord } from "./ledger.ts";

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
  /** Who installed the app: the only field that HighLevel's schema requires. */
  readonly userId: string;
  /** Names the refresh token without being one. */
  readonly refreshTokenId?: string;
  /** The client id up to its first `-`. */
  readonly appId: string;
  /** The app's version that is installed, where one is known. */
  readonly versionId?: string;
  /** The plan of a paid app. */
  readonly planId?: string;
  /** Whether an agency installed the app for its locations. */
  readonly isBulkInstallation: boolean;
  /** Bulk installations only: the locations the token may act for. */
  readonly approvedLocations?: readonly string[];
  /** Bulk installations only. */
  readonly approveAllLocations?: boolean;
  /** Bulk installations only. */
  readonly installToFutureLocations?: boolean;
  /** What HighLevel's support asks for. */
  readonly traceId: string;
}

/** How tokens are issued. */
export interface TokenIssue {
  /** The pair they are issued to. */
  readonly clientId: string;
  /** @default the installation's own id */
  readonly primaryAuthClassId?: string;
  /** A new refresh token, none at all, or an older one again. @default "new" */
  readonly refreshToken?: "new" | "none" | TokenRecord;
}

/** Issues a new access token, and a refresh token unless told otherwise. */
export function issueTokens(simulation: Simulation, place: Installation, issue: TokenIssue): TokenAnswer {
  const { ledger, random, settings, app } = simulation;
  const now = settings.now();
  const companyId = companyIdOf(place);
  const { clientId, primaryAuthClassId = place.id, refreshToken = "new" } = issue;
  const origin = { clientId, companyId, primaryAuthClassId };
  const access = ledger.issueToken("access", place, origin, random, now, settings.expiresIn * 1000);
  const refresh = refreshToken === "new"
    ? ledger.issueToken("refresh", place, origin, random, now, settings.refreshTokenLifetimeMs)
    : refreshToken === "none"
    ? undefined
    : refreshToken;
  return {
    access_token: textOf(access),
    token_type: "Bearer",
    expires_in: settings.expiresIn,
    ...refresh && { refresh_token: textOf(refresh) },
    scope: app.scope,
    userType: userTypeOf(place),
    ...place.kind === "location" && { locationId: place.id },
    ...companyId !== null && { companyId },
    userId: place.userId,
    ...refresh && { refreshTokenId: refresh.id },
    appId: appIdOf(app.clientId),
    ...place.versionId !== null && { versionId: place.versionId },
    ...place.planId !== null && { planId: place.planId },
    ...bulkFields(simulation, place),
    traceId: random.uuid(),
  };
}

type BulkFields = Pick<
  TokenAnswer,
  "isBulkInstallation" | "approvedLocations" | "approveAllLocations" | "installToFutureLocations"
>;

function bulkFields({ world }: Simulation, place: Installation): BulkFields {
  if (place.bulk === null) return { isBulkInstallation: place.kind === "company" };
  const installed = world.members(place.id).filter((location) => location.installed);
  return {
    isBulkInstallation: true,
    approvedLocations: place.bulk.approvedLocations ?? installed.map((location) => location.id),
    approveAllLocations: place.bulk.approveAllLocations ?? false,
    installToFutureLocations: place.bulk.installToFutureLocations ?? false,
  };
}

/** The fields whose spelling depends on the version. */
export interface WireFields extends Pick<TokenAnswer, "access_token" | "token_type" | "expires_in"> {
  readonly refresh_token?: string | undefined;
}

/** A token answer as it goes over the wire: in the spelling of the call's version, with the lifetime as it is told. */
export function wireAnswer(
  answer: WireFields,
  { version, simulation: { settings: { answerExpiresIn } } }: Call,
): object {
  const { access_token, token_type, expires_in, refresh_token, ...rest } = answer;
  const told = answerExpiresIn === undefined ? expires_in : answerExpiresIn;
  const isTold = told !== "omit";
  if (version !== "v3") {
    return {
      access_token,
      token_type,
      ...isTold && { expires_in: told },
      ...refresh_token !== undefined && { refresh_token },
      ...rest,
    };
  }
  return {
    accessToken: access_token,
    tokenType: token_type,
    ...isTold && { expiresIn: told },
    ...refresh_token !== undefined && { refreshToken: refresh_token },
    ...rest,
  };
}

/** An app's id: its client id up to the first `-`. */
export function appIdOf(clientId: string): string {
  return clientId.split("-", 1).join("");
}
