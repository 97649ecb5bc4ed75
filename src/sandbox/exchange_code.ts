import type { Answer, Call } from "./call.ts";
import type { Installation } from "./installation.ts";
import type { CodeRecord } from "./ledger.ts";
import { codeNotFound, invalidGrant, invalidParameter, notActive } from "./refusal.ts";
import { issueTokens, wireAnswer } from "./token_answer.ts";
import type { TokenRequest } from "./token_request.ts";

/** Exchanges an authorization code for tokens of the installation it was made for. */
export function exchangeCode(call: Call, request: TokenRequest, clientId: string): Answer {
  const { simulation, now } = call;
  const userType = request.userType();
  const code = checkCode(call, request);
  if (code.clientId !== null && code.clientId !== clientId) throw invalidGrant("authorization code");

  const redirectUri = request.optional("redirectUri");
  const expected = code.redirectUri ?? simulation.app.redirectUri;
  if (redirectUri !== undefined && redirectUri !== expected) {
    throw invalidParameter(request.nameOf("redirectUri"));
  }
  const { holder } = code;
  // A company's code yields a company token whatever was asked for; a location's code cannot yield more.
  if (userType === "company" && holder.kind === "location") {
    throw invalidParameter(request.nameOf("userType"));
  }
  call.charge(holder, "oauth");
  if (!holder.active) throw notActive();

  code.spent = true;
  const isNew = !holder.installed;
  markInstalled(holder, code, clientId, now);
  const answer = wireAnswer(issueTokens(simulation, holder, { clientId }), call);
  if (isNew) simulation.announce("INSTALL", holder);
  return { status: 200, body: answer };
}

/** The code of a request; refuses one that is unknown, used, expired or void. */
export function checkCode({ simulation, now }: Call, request: TokenRequest): CodeRecord {
  const { ledger, counts, settings } = simulation;
  const code = ledger.codes.get(request.required("code"));
  if (code !== undefined && ledger.isLivingCode(code, now)) return code;
  if (code?.spent) counts.spentCodeUses++;
  throw settings.codeNotFoundStyle ? codeNotFound() : invalidGrant("authorization code");
}

/** An installation that insisted on an older pair now insists on the one it was authorised with. */
function markInstalled(place: Installation, code: CodeRecord, clientId: string, now: number): void {
  if (place.clientId !== null) place.clientId = clientId;
  if (code.versionId !== null) place.versionId = code.versionId;
  if (place.installed) return;
  place.installed = true;
  place.installedAt = now;
}
