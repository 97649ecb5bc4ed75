import type { Answer, Call } from "./call.ts";
import type { TokenRecord } from "./ledger.ts";
import { invalidGrant, invalidParameter, issuedToAnotherClient, notActive } from "./refusal.ts";
import { issueTokens, wireAnswer } from "./token_answer.ts";
import type { TokenRequest } from "./token_request.ts";

/**
 * Spends a refresh token for a new pair. The same refresh of the same client within the window returns the same
 * new refresh token again, whatever became of that one meanwhile.
 */
export function refreshTokens(call: Call, request: TokenRequest, clientId: string): Answer {
  const { simulation, now } = call;
  const { ledger, counts } = simulation;
  const token = ledger.findToken(request.required("refreshToken"));
  const userType = request.userType();
  if (token === undefined || token.kind !== "refresh") throw invalidGrant("refresh token");

  const owner = token.clientId ?? token.holder.clientId; // `null` twice: any pair of the app, in older snapshots
  const isOwn = owner === null || owner === clientId;
  const successor = isOwn ? successorInWindow(call, token) : undefined;
  const isSpent = token.spent && successor === undefined;
  if (isSpent && isOwn) counts.spentRefreshTokenUses++;
  if (ledger.isVoidToken(token, now)) throw invalidGrant("refresh token");
  if (!isOwn) throw issuedToAnotherClient();
  if (isSpent) throw invalidGrant("refresh token");
  const { holder } = token;
  if (userType !== undefined && userType !== holder.kind) throw invalidParameter(request.nameOf("userType"));
  call.charge(holder, "oauth");
  // Not spent: the same token works again once the location is active.
  if (!holder.active) throw notActive();

  if (successor !== undefined) counts.windowRepeats++;
  const issued = issueTokens(simulation, holder, {
    clientId,
    ...token.primaryAuthClassId !== null && { primaryAuthClassId: token.primaryAuthClassId },
    ...successor !== undefined && { refreshToken: successor },
  });
  if (successor === undefined) {
    token.spent = true;
    token.rotation = { at: now, successorId: issued.refreshTokenId ?? "" };
  }
  return { status: 200, body: wireAnswer(issued, call) };
}

/** What a spent token was refreshed to, while the window of that refresh is open. */
function successorInWindow({ simulation, now }: Call, token: TokenRecord): TokenRecord | undefined {
  if (token.rotation === null || now - token.rotation.at >= simulation.settings.refreshWindowMs) {
    return undefined;
  }
  return simulation.ledger.tokens.get(token.rotation.successorId);
}
