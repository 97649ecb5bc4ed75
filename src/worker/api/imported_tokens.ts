import { isPrivateIntegration, isSameApp, tokenFacts } from "../../import/host.ts";
import {
  amount,
  appIdOf,
  checkOwner,
  describeTarget,
  fieldsOf,
  isText,
  moment,
  redactTokenSet,
  snakeCase,
  tokenSetFrom,
  userTypeOf,
} from "../../oauth/host.ts";
import { type ConnectionTarget, type HighLevelApp, HighLevelError, type TokenSet } from "../../oauth/mod.ts";
import { invalidInput } from "../http/route.ts";

/** What can stand in a header: a token of anything else would fail at its first use. */
const TOKEN = /^[\x21-\x7e]+$/;
/** Fields that name the app the tokens are for, by its id or a client id; and the connection, as documents of HighLevel's SDK do. */
const APP_IDS = ["appId", "app_id", "applicationId", "application_id", "clientId", "client_id"] as const;
const OWNER_IDS = ["resourceId", "resource_id"] as const;

/**
 * Tokens from JSON in either of HighLevel's spellings, or from a stored `TokenSet` with its `expiresAt`.
 * Where neither `expires_in` nor `expiresAt` tells, the token counts as expired: it is refreshed before its first use. What a token
 * says of itself goes before what stands beside it: one of another app, or of another connection, is refused.
 *
 * @throws {ProblemError} 422, naming the field.
 */
export function importedTokens(
  app: HighLevelApp,
  target: ConnectionTarget,
  body: Record<string, unknown>,
): TokenSet {
  const appId = appIdOf(app);
  const foreign = APP_IDS.find((name) => body[name] && !isSameApp(`${body[name]}`, appId));
  if (foreign) throw invalidInput("body", [{ field: foreign, message: `must be ${appId}, this app's id` }]);
  const own = target.locationId ?? target.companyId;
  const other = OWNER_IDS.find((name) => body[name] && !isSameId(`${body[name]}`, own));
  if (other) throw invalidInput("body", [{ field: other, message: `must be ${own}` }]);
  const now = Date.now();
  try {
    const expiresAt = new Date(now + lifetimeOf(body, now) * 1000);
    const tokens = redactTokenSet({ ...tokenSetFrom(body, now, userTypeOf(target)), expiresAt });
    checkOwner(tokens, target);
    if (![tokens.accessToken, tokens.refreshToken ?? "-"].every((token) => TOKEN.test(token))) {
      throw new HighLevelError("malformed_response", "a token has characters that no token has");
    }
    const { accessToken, refreshToken } = tokens;
    for (const [field, token] of [["accessToken", accessToken], ["refreshToken", refreshToken]] as const) {
      const fault = token === undefined ? undefined : faultOf(app, target, token);
      if (fault !== undefined) {
        throw invalidInput("body", [{ field: field in body ? field : snakeCase(field), message: fault }]);
      }
    }
    return tokens;
  } catch (error) {
    if (!(error instanceof HighLevelError)) throw error;
    const message = error.message.replace("HighLevel's answer", "it")
      .replace("HighLevel answered with", "it has");
    throw invalidInput("body", [{ field: "", message }]);
  }
}

/** What a token says of itself that keeps it from being one of `target`'s; nothing of its text is shown. */
function faultOf(app: HighLevelApp, target: ConnectionTarget, token: string): string | undefined {
  if (isPrivateIntegration(token)) {
    return "must be a token of an app: one of a private integration (pit-…) cannot be refreshed";
  }
  const { userType, id, clientId } = tokenFacts(token);
  const own = target.locationId ?? target.companyId;
  const isOther = userType !== undefined && userType !== userTypeOf(target) ||
    userType !== undefined && id !== undefined && !isSameId(id, own);
  if (isOther) {
    return `must be a token of ${describeTarget(target)}, and is one of another connection (${userType})`;
  }
  const isForeign = clientId !== undefined && !isSameApp(clientId, app.clientId);
  return isForeign ? `must be of this app, ${appIdOf(app)}, and was issued to another one` : undefined;
}

/** HighLevel writes an id in another case at times. */
function isSameId(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

/** How long imported tokens live, seconds. A moment (ISO 8601, ms, or a database's seconds) goes before a lifetime. */
function lifetimeOf(body: Record<string, unknown>, now: number): number {
  const field = fieldsOf(body);
  const told = field.value("expiresAt");
  const isMoment = told !== undefined;
  const number = isText(told) && /^\d{9,14}$/.test(told) ? Number(told) : told;
  const endsAt = moment(typeof number === "number" && number < 1e11 ? number * 1000 : number);
  const seconds = isMoment
    ? endsAt && Math.max(0, (endsAt.getTime() - now) / 1000)
    : field.value("expiresIn") ?? 0;
  const lifetime = amount(seconds);
  if (lifetime !== undefined) return lifetime;
  const name = isMoment ? "expiresAt" : "expiresIn";
  const message = isMoment
    ? "must be ISO 8601, or seconds or milliseconds since 1970"
    : "must be seconds, 0 to 9999999999";
  throw invalidInput("body", [{ field: name in body ? name : snakeCase(name), message }]);
}
