import { checkText, type HighLevelApp, type RequestOptions } from "./highlevel_app.ts";
import { checkUserType, type ConnectionTarget, type UserType } from "./target.ts";
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
  options: RequestOptions = {},
): Promise<TokenSet> {
  const { redirectUri = app?.redirectUri } = exchange;
  return await exchangeCodeFor(app, { ...exchange, ...(redirectUri && { redirectUri }) }, undefined, options);
}

/** {@linkcode exchangeCode} for a connection that is known already, with a redirect URI only where one is given. */
export async function exchangeCodeFor(
  app: HighLevelApp,
  { code, userType, redirectUri }: CodeExchange,
  target: ConnectionTarget | undefined,
  options: RequestOptions,
): Promise<TokenSet> {
  checkText("code", code);
  checkUserType(userType);
  const request = {
    grantType: "authorization_code",
    grant: { code },
    userType,
    redirectUri,
    target,
  } as const;
  return await requestTokens(app, request, options);
}
