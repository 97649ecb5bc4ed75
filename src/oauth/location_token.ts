import { checkBearer, given } from "./check.ts";
import { checkApp, type HighLevelApp, type RequestOptions, versionOf } from "./highlevel_app.ts";
import { send } from "./request/send.ts";
import { checkId } from "./target.ts";
import { type TokenAnswer, tokenAnswerFrom, type TokenSet } from "./token_set.ts";

/** What {@linkcode locationToken} needs. */
export interface LocationTokenRequest {
  /** The agency. */
  readonly companyId: string;
  /** One of its locations, with the app installed. */
  readonly locationId: string;
  /** A living access token of the company, with scope `oauth.write`. */
  readonly accessToken: string;
}

/**
 * Mints a location's tokens from its agency's access token. Safe to repeat, so transient failures are tried 3 times.
 *
 * Source: HighLevel's docs, "Get Location Access Token from Agency Token".
 *
 * @throws {TypeError} when an argument is malformed; nothing was sent.
 * @throws {HighLevelError} `unauthorized` when the company's token is dead, `forbidden` when it lives but lacks the scope or
 * does not reach this location (`reason`), `not_installed`, `location_inactive`, `invalid_request` or transient.
 *
 * @example
 * ```ts
 * import { locationToken, recoverTokens } from "@reconnect/highlevel";
 * import { createSandbox } from "@reconnect/highlevel/sandbox";
 *
 * const sandbox = createSandbox();
 * const { companyId } = sandbox.addCompany({});
 * const { locationId } = sandbox.addLocation({ companyId, installed: true });
 * const app = { ...sandbox.app, fetch: sandbox.fetch };
 * const { accessToken } = await recoverTokens(app, { companyId });
 *
 * const tokens = await locationToken(app, { companyId, locationId, accessToken });
 * if (tokens.userType !== "Location") throw new Error("wrong kind");
 * ```
 */
export async function locationToken(
  app: HighLevelApp,
  request: LocationTokenRequest,
  options?: RequestOptions,
): Promise<TokenSet> {
  return (await requestLocationToken(app, request, options)).tokens;
}

/** {@linkcode locationToken}, with what was odd about the answer; `onHeaders` is told how much of the rate limit is left. */
export async function requestLocationToken(
  app: HighLevelApp,
  request: LocationTokenRequest,
  options?: RequestOptions,
  onHeaders?: (headers: Headers) => void,
): Promise<TokenAnswer> {
  checkApp(app);
  const { accessToken, ...ids } = given(request);
  const companyId = checkId("companyId", ids.companyId);
  const locationId = checkId("locationId", ids.locationId);
  return await send(app, {
    path: versionOf(app) === "v3" ? "/oauth/location-token" : "/oauth/locationToken",
    body: new URLSearchParams({ companyId, locationId }),
    bearer: checkBearer("accessToken", accessToken),
    target: { locationId },
    read: (body, receivedAt) => tokenAnswerFrom(body, receivedAt, "Location"),
    onHeaders,
  }, options);
}
