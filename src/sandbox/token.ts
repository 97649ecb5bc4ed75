import type { Answer, Call } from "./call.ts";
import { checkCode, exchangeCode } from "./exchange_code.ts";
import { checkClient } from "./key_pairs.ts";
import { refreshTokens } from "./refresh_tokens.ts";
import { Refusal } from "./refusal.ts";
import { tokenRequest } from "./token_request.ts";

/** `POST /oauth/token`: exchanges a code or spends a refresh token. */
export function token(call: Call): Answer {
  const request = tokenRequest(call);
  const codeFirst = call.simulation.settings.codeNotFoundStyle;
  if (codeFirst && request.optional("grantType") === "authorization_code") checkCode(call, request);

  const clientId = request.required("clientId");
  checkClient(call.simulation, clientId, request.required("clientSecret"));
  const grantType = request.required("grantType");
  if (grantType === "authorization_code") return exchangeCode(call, request, clientId);
  if (grantType === "refresh_token") return refreshTokens(call, request, clientId);
  throw new Refusal(400, `Unsupported grant type: \`${request.nameOf("grantType")}\` is invalid`);
}
