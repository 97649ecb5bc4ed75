import { exchangeCode } from "../../src/oauth/exchange_code.ts";
import type { HighLevelApp, RequestOptions } from "../../src/oauth/highlevel_app.ts";
import { installedLocations } from "../../src/oauth/installed_locations.ts";
import { locationToken } from "../../src/oauth/location_token.ts";
import { reconnect } from "../../src/oauth/reconnect.ts";
import { refreshTokens } from "../../src/oauth/refresh_tokens.ts";
import { COMPANY_ID, LOCATION_ID } from "./recording_fetch.ts";

/** Secrets that the calls below send. */
export const CODE = "9a8b7c6d5e4f30211203f4e5d6c7b8a9";
export const REFRESH_TOKEN = "eyJhbGciOiJSUzI1NiJ9.spent-by-a-test.signature";
export const COMPANY_TOKEN = "eyJhbGciOiJSUzI1NiJ9.company-of-a-test.signature";

type Send = (app: HighLevelApp, options?: RequestOptions) => Promise<unknown>;

/** One call of every endpoint, by the name the tables use. */
export const CALLS = {
  reconnect: (app, options) => reconnect(app, { locationId: LOCATION_ID }, options),
  exchange: (app, options) => exchangeCode(app, { code: CODE, userType: "Location" }, options),
  refresh: (app, options) =>
    refreshTokens(app, { refreshToken: REFRESH_TOKEN, userType: "Location" }, options),
  locationToken: (app, options) => {
    const request = { companyId: COMPANY_ID, locationId: LOCATION_ID, accessToken: COMPANY_TOKEN };
    return locationToken(app, request, options);
  },
  installedLocations: (app, options) =>
    Array.fromAsync(installedLocations(app, { companyId: COMPANY_ID, accessToken: COMPANY_TOKEN }, options)),
} satisfies Record<string, Send>;

export type CallName = keyof typeof CALLS;

export const CALL_NAMES = Object.keys(CALLS).filter((name): name is CallName => name in CALLS);
export const SAFE_CALLS: readonly CallName[] = ["reconnect", "locationToken", "installedLocations"];
export const UNSAFE_CALLS: readonly CallName[] = ["exchange", "refresh"];
