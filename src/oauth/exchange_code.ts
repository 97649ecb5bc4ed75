import { given } from "./check.ts";
import type { HighLevelApp, RequestOptions } from "./highlevel_app.ts";
import type { UserType } from "./target.ts";
import { requestTokens } from "./token_endpoint.ts";
import type { TokenSet } from "./token_set.ts";

/** What {@linkcode exchangeCode} exchanges. */
export interface CodeExchange {
  /** An authorization code, from a redirect or from {@linkcode reconnect}. */
  readonly code: string;
  /** Whom the tokens shall act for. */
  readonly userType: UserType;
  /**
   * The redirect URI the code was made for.
   * @default {app.redirectUri}
   */
  readonly redirectUri?: string;
}

/**
 * Exchanges an authorization code for tokens. A code works once, so a lost answer is repeated only once.
 *
 * Source: HighLevel's docs, `POST /oauth/token` with `grant_type=authorization_code`.
 *
 * @throws {TypeError} when an argument is malformed; nothing was sent.
 * @throws {HighLevelError} `invalid_grant` when the code is used or expired, `invalid_client`, or a transient code.
 *
 * @example
 * ```ts
 * import { exchangeCode } from "@reconnect/highlevel";
 * import { createSandbox } from "@reconnect/highlevel/sandbox";
 *
 * const sandbox = createSandbox();
 * const { locationId } = sandbox.addLocation({ installed: true });
 * const code = sandbox.authorize({ locationId });
 *
 * const tokens = await exchangeCode({ ...sandbox.app, fetch: sandbox.fetch }, { code, userType: "Location" });
 * if (tokens.locationId !== locationId) throw new Error("wrong location");
 * ```
 */
export async function exchangeCode(
  app: HighLevelApp,
  exchange: CodeExchange,
  options?: RequestOptions,
): Promise<TokenSet> {
  const { code, userType, redirectUri = app?.redirectUri } = given(exchange);
  return (await requestTokens(app, "code", { code, userType, redirectUri }, options)).tokens;
}
