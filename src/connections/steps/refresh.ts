import { withAnyCredentials } from "../../oauth/request/any_credentials.ts";
import { defined } from "../../oauth/defined.ts";
import { HighLevelError, isCoded } from "../../oauth/highlevel_error.ts";
import { answerAbout } from "../../oauth/owner.ts";
import { requestRefresh } from "../../oauth/refresh_tokens.ts";
import { userTypeOf } from "../../oauth/target.ts";
import type { Grant } from "../outcome.ts";
import type { StepContext } from "./step.ts";

/**
 * Spends the refresh token. Only the pair of the app that it was issued to can call it dead: where another one says so, or
 * one is no client of HighLevel's any more, the next pair is asked.
 */
export async function refresh({ app, target, record, requests, noteSpending }: StepContext): Promise<Grant> {
  const refreshToken = record?.tokens?.refreshToken;
  if (!record || refreshToken === undefined) {
    throw new HighLevelError("invalid_grant", "No refresh token is held.");
  }
  await noteSpending(record);
  const request = { refreshToken, userType: userTypeOf(target) };
  const goesOn = (error: HighLevelError, clientId: string): boolean => {
    const isIssuer = clientId === record?.clientId && error.reason !== "other_client";
    return isCoded(error, "invalid_client") || isCoded(error, "invalid_grant") && !isIssuer;
  };
  return await withAnyCredentials(app, record?.clientId, goesOn, async (pairApp) => {
    const answer = await requestRefresh(pairApp, request, requests, target);
    const { tokens, odd } = answerAbout(target, answer, true);
    return defined({ tokens, odd, clientId: pairApp.clientId, traceId: tokens.traceId });
  });
}
