import { checkText } from "./check.ts";
import { snakeCase } from "./fields.ts";
import { type HighLevelApp, type RequestOptions, versionOf } from "./highlevel_app.ts";
import { type Repeat, send } from "./request.ts";
import type { ConnectionTarget, UserType } from "./target.ts";
import { type TokenAnswer, tokenAnswerFrom } from "./token_set.ts";

/** What is given for tokens: a code or a refresh token. */
export interface TokenRequest {
  /** An authorization code. */
  readonly code?: string;
  /** A refresh token. */
  readonly refreshToken?: string;
  /** Whom the tokens shall act for. */
  readonly userType: UserType;
  /** Sent with a code. */
  readonly redirectUri?: string | undefined;
}

/**
 * Asks the token endpoint with the code or the refresh token of `request`. Where the answer is lost it is asked again as
 * `repeat` does it, by default once. `target` names the connection in errors, where it is known.
 * Source: HighLevel's docs, "Get Access Token".
 */
export async function requestTokens(
  app: HighLevelApp,
  grant: "code" | "refreshToken",
  request: TokenRequest,
  options?: RequestOptions,
  target?: ConnectionTarget,
  repeat?: Repeat,
): Promise<TokenAnswer> {
  const { userType, redirectUri } = request;
  const { clientId, clientSecret } = app;
  const secret = checkText(grant, request[grant]);
  checkText("userType", userType, /^(Location|Company)$/, "Location or Company");
  // In the order and spelling of v3; the older spelling is made from it.
  const fields: Record<string, string> = {
    clientId,
    clientSecret,
    grantType: grant === "code" ? "authorization_code" : "refresh_token",
    [grant]: secret,
    userType,
    ...(redirectUri && { redirectUri }),
  };
  const spell = versionOf(app) === "v3" ? String : snakeCase;
  return await send(app, {
    path: "/oauth/token",
    body: new URLSearchParams(Object.entries(fields).map(([name, value]) => [spell(name), value])),
    spends: secret,
    repeat,
    target,
    read: (body, receivedAt) => tokenAnswerFrom(body, receivedAt, userType),
  }, options);
}
