/**
 * HighLevel's OAuth endpoints, one function each, and how tokens are got back in one call. Nothing is kept.
 *
 * @module
 */
export { reconnect, type ReconnectGrant } from "./reconnect.ts";
export { type CodeExchange, exchangeCode } from "./exchange_code.ts";
export { type RefreshRequest, refreshTokens } from "./refresh_tokens.ts";
export { locationToken, type LocationTokenRequest } from "./location_token.ts";
export {
  type InstalledLocation,
  installedLocations,
  type InstalledLocationsRequest,
} from "./installed_locations.ts";
export { type AuthorizationRequest, authorizationUrl } from "./authorization_url.ts";
export { recoverTokens } from "./recover_tokens.ts";
export type { TokenAnswer, TokenSet } from "./token_set.ts";
export type { ApiVersion, ClientCredentials, HighLevelApp, RequestOptions } from "./highlevel_app.ts";
export type { ConnectionTarget, UserType } from "./target.ts";
export {
  HighLevelError,
  type HighLevelErrorCode,
  type HighLevelErrorDetails,
  type HighLevelErrorReason,
} from "./highlevel_error.ts";
