import { snakeCase } from "./fields.ts";
import type { HighLevelApp, RequestOptions } from "./highlevel_app.ts";
import { send } from "./request.ts";
import type { ConnectionTarget, UserType } from "./target.ts";
import { type TokenSet, tokenSetFrom } from "./token_set.ts";

/** A grant in OAuth's own field names; the v3 spelling is made from them. */
export interface TokenRequest {
  /** `authorization_code` or `refresh_token`. */
  readonly grantType: "authorization_code" | "refresh_token";
  /** Whom the tokens shall act for. */
  readonly userType: UserType;
  /** The code or refresh token, under its field name. */
  readonly grant: { readonly code: string } | { readonly refreshToken: string };
  /** Sent with a code. */
  readonly redirectUri?: string | undefined;
  /** The connection concerned, where it is known; it names the connection in errors. */
  readonly target?: ConnectionTarget | undefined;
}

/** `Version` header of `app`'s requests. */
export function versionOf(app: HighLevelApp): "2021-07-28" | "v3" {
  return app.apiVersion ?? "2021-07-28";
}

/** Asks the token endpoint; a lost answer is repeated once. Source: HighLevel's docs, "Get Access Token". */
export async function requestTokens(
  app: HighLevelApp,
  request: TokenRequest,
  options: RequestOptions,
): Promise<TokenSet> {
  const { grantType, userType, grant, redirectUri, target } = request;
  const { clientId, clientSecret } = app;
  const fields = {
    clientId,
    clientSecret,
    grantType,
    ...grant,
    userType,
    ...(redirectUri && { redirectUri }),
  };
  const version = versionOf(app);
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(fields)) {
    form.set(version === "v3" ? name : snakeCase(name), value);
  }
  return await send(app, {
    endpoint: "token",
    retry: "once_if_unanswered",
    path: "/oauth/token",
    headers: { "Content-Type": "application/x-www-form-urlencoded", Version: version },
    body: form.toString(),
    secrets: [clientSecret, ...Object.values(grant)],
    target,
    read: (body, receivedAt) => tokenSetFrom(body, receivedAt, userType),
  }, options);
}
