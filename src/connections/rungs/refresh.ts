import { withAnyCredentials } from "../../oauth/any_credentials.ts";
import { HighLevelError, isCoded } from "../../oauth/highlevel_error.ts";
import { answerAbout } from "../../oauth/owner.ts";
import { requestRefresh } from "../../oauth/refresh_tokens.ts";
import { userTypeOf } from "../../oauth/target.ts";
import type { Grant } from "../outcome.ts";
import type { RungContext } from "./rung.ts";

/**
 * Spends the refresh token. Only the pair of the app that it was issued to can call it dead: where another one says so, or
 * one is no client of HighLevel's any more, the next pair is asked.
 */
export async function refresh({ app, target, record, requests }: RungContext): Promise<Grant> {
  const refreshToken = record?.tokens?.refreshToken;
  if (refreshToken === undefined) throw new HighLevelError("invalid_grant", "No refresh token is held.");
  const request = { refreshToken, userType: userTypeOf(target) };
  const goesOn = (error: HighLevelError, clientId: string): boolean => {
    const isIssuer = clientId === record?.clientId && error.reason !== "other_client";
    return isCoded(error, "invalid_client") || isCoded(error, "invalid_grant") && !isIssuer;
  };
  return await withAnyCredentials(app, record?.clientId, goesOn, async (pairApp) => {
    const answer = await requestRefresh(pairApp, request, requests, target);
    return { ...answerAbout(target, answer, true), clientId: pairApp.clientId };
  });
}
