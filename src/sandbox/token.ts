import type { Answer, Call } from "./call.ts";
import { checkClient, checkPair } from "./client_check.ts";
import { readForm, required } from "./read_body.ts";
import { invalidGrant, notActive, Refusal } from "./refusal.ts";
import { issueTokens, spelled } from "./token_answer.ts";
import { type Installation, userTypeOf } from "./world.ts";

const FIELD_NAMES = {
  "2021-07-28": {
    clientId: "client_id",
    clientSecret: "client_secret",
    grantType: "grant_type",
    refreshToken: "refresh_token",
    userType: "user_type",
    redirectUri: "redirect_uri",
  },
  v3: {
    clientId: "clientId",
    clientSecret: "clientSecret",
    grantType: "grantType",
    refreshToken: "refreshToken",
    userType: "userType",
    redirectUri: "redirectUri",
  },
};

/** Which grant a token request asks for, read without judging: for counts and faults. */
export function grantIn(body: string): "exchange" | "refresh" | undefined {
  const form = new URLSearchParams(body);
  const grantType = form.get("grant_type") ?? form.get("grantType");
  if (grantType === "authorization_code") return "exchange";
  if (grantType === "refresh_token") return "refresh";
  return undefined;
}

/** `POST /oauth/token`: exchanges a code or spends a refresh token. */
export function token(call: Call): Answer {
  const names = FIELD_NAMES[call.version];
  const form = readForm(call);
  const clientId = required(form, names.clientId);
  checkClient(call.simulation, clientId, required(form, names.clientSecret));

  const grantType = required(form, names.grantType);
  if (grantType === "authorization_code") return exchange(call, form, clientId);
  if (grantType === "refresh_token") return refresh(call, form, clientId);
  throw new Refusal(400, `Unsupported grant type: \`${names.grantType}\` is invalid`);
}

function exchange(call: Call, form: Map<string, string>, clientId: string): Answer {
  const { simulation, now } = call;
  const names = FIELD_NAMES[call.version];
  const code = simulation.ledger.codes.get(required(form, "code"));
  const userType = userTypeIn(form, names.userType);
  if (code === undefined) throw invalidGrant("authorization code");
  if (code.spent) simulation.counts.spentCodeUses++;
  if (!simulation.ledger.isLivingCode(code, now)) throw invalidGrant("authorization code");
  if (code.clientId !== null && code.clientId !== clientId) throw invalidGrant("authorization code");

  const redirectUri = form.get(names.redirectUri);
  const expected = code.redirectUri ?? simulation.app.redirectUri;
  if (redirectUri !== undefined && redirectUri !== expected) throw invalidParameter(names.redirectUri);
  // A company's code yields a company token whatever was asked for; a location's code cannot yield more.
  if (userType === "Company" && code.holder.kind === "location") throw invalidParameter(names.userType);
  call.charge(code.holder, "oauth");
  if (!code.holder.active) throw notActive();

  code.spent = true;
  markInstalled(code.holder, clientId, now);
  return { status: 200, body: spelled(issueTokens(simulation, code.holder), call.version) };
}

function refresh(call: Call, form: Map<string, string>, clientId: string): Answer {
  const { simulation, now } = call;
  const names = FIELD_NAMES[call.version];
  const token = simulation.ledger.findToken(required(form, names.refreshToken));
  const userType = userTypeIn(form, names.userType);
  if (token === undefined || token.kind !== "refresh") throw invalidGrant("refresh token");
  if (token.spent) simulation.counts.spentRefreshTokenUses++;
  if (!simulation.ledger.isLivingToken(token, now)) throw invalidGrant("refresh token");
  checkPair(token.holder, clientId);
  if (userType !== undefined && userType !== userTypeOf(token.holder)) throw invalidParameter(names.userType);
  call.charge(token.holder, "oauth");
  // Not spent: the same token works again once the location is active.
  if (!token.holder.active) throw notActive();

  token.spent = true;
  return { status: 200, body: spelled(issueTokens(simulation, token.holder), call.version) };
}

function userTypeIn(form: Map<string, string>, name: string): "Location" | "Company" | undefined {
  const value = form.get(name);
  if (value === undefined || value === "Location" || value === "Company") return value;
  throw invalidParameter(name);
}

function invalidParameter(name: string): Refusal {
  return new Refusal(400, `Invalid parameter: \`${name}\``);
}

/** An installation that insisted on an older pair now insists on the one it was authorised with. */
function markInstalled(place: Installation, clientId: string, now: number): void {
  if (place.clientId !== null) place.clientId = clientId;
  if (place.installed) return;
  place.installed = true;
  place.installedAt = now;
}
