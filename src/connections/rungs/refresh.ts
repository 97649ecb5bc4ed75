import { HighLevelError } from "../../oauth/highlevel_error.ts";
import { checkOwner, withAnyCredentials } from "../../oauth/recover_tokens.ts";
import { userTypeOf } from "../../oauth/target.ts";
import { requestTokens } from "../../oauth/token_endpoint.ts";
import type { Grant } from "../outcome.ts";
import type { RungContext } from "./rung.ts";

/** Spends the refresh token. Another pair of the app is tried only where HighLevel says that the client is wrong. */
export async function refresh({ app, target, record, requests }: RungContext): Promise<Grant> {
  const refreshToken = record?.tokens?.refreshToken;
  if (refreshToken === undefined) throw new HighLevelError("invalid_grant", "No refresh token is held.");
  const request = { refreshToken, userType: userTypeOf(target) };
  return await withAnyCredentials(app, record?.clientId, ["invalid_client"], async (pairApp) => {
    const tokens = await requestTokens(pairApp, "refreshToken", request, requests, target);
    checkOwner(tokens, target);
    return { tokens, clientId: pairApp.clientId };
  });
}
