import type { HighLevelApp, RequestOptions } from "./highlevel_app.ts";
import { repeatWithinWindow } from "./repeat_within_window.ts";
import type { ConnectionTarget, UserType } from "./target.ts";
import { requestTokens } from "./token_endpoint.ts";
import type { TokenAnswer, TokenSet } from "./token_set.ts";

/** What {@linkcode refreshTokens} spends. */
export interface RefreshRequest {
  /** The refresh token; HighLevel ends it and gives a new one. */
  readonly refreshToken: string;
  /** Whom the tokens act for. */
  readonly userType: UserType;
}

/**
 * Spends a refresh token for new tokens. Store the answer at once: the old refresh token is dead. Where the answer is lost,
 * the same request is sent again after about 1, 4, 10 and 20 s: within 30 s HighLevel answers it alike. If that did not
 * help either, it ends in `invalid_grant`, and {@linkcode recoverTokens} helps.
 *
 * Source: HighLevel's docs, `POST /oauth/token` with `grant_type=refresh_token`.
 *
 * @throws {TypeError} when an argument is malformed; nothing was sent.
 * @throws {HighLevelError} `invalid_grant` when the token is dead, `location_inactive` when the location is paused (the
 * token lives on), `invalid_client`, or a transient code.
 *
 * @example
 * ```ts
 * import { recoverTokens, refreshTokens } from "@reconnect/highlevel";
 * import { createSandbox } from "@reconnect/highlevel/sandbox";
 *
 * const sandbox = createSandbox();
 * const { locationId } = sandbox.addLocation({ installed: true });
 * const app = { ...sandbox.app, fetch: sandbox.fetch };
 * const { refreshToken = "" } = await recoverTokens(app, { locationId });
 *
 * const tokens = await refreshTokens(app, { refreshToken, userType: "Location" });
 * if (tokens.refreshToken === refreshToken) throw new Error("it should have rotated");
 * ```
 */
export async function refreshTokens(
  app: HighLevelApp,
  { refreshToken, userType }: RefreshRequest,
  options?: RequestOptions,
): Promise<TokenSet> {
  return (await requestRefresh(app, { refreshToken, userType }, options)).tokens;
}

/** {@linkcode refreshTokens}, with what was odd about the answer; `target` names the connection in errors. */
export async function requestRefresh(
  app: HighLevelApp,
  { refreshToken, userType }: RefreshRequest,
  options?: RequestOptions,
  target?: ConnectionTarget,
): Promise<TokenAnswer> {
  const request = { refreshToken, userType };
  return await requestTokens(app, "refreshToken", request, options, target, repeatWithinWindow);
}
