import { defined } from "./defined.ts";
import { appsOf, checkApp, type HighLevelApp, type RequestOptions } from "./highlevel_app.ts";
import { HighLevelError, type HighLevelErrorCode, isCoded } from "./highlevel_error.ts";
import { reconnect } from "./reconnect.ts";
import { checkTarget, type ConnectionTarget, describeTarget, userTypeOf } from "./target.ts";
import { requestTokens } from "./token_endpoint.ts";
import type { TokenSet } from "./token_set.ts";

/** Tokens that came back, with what history keeps of it. */
export interface RecoveredTokens {
  /** The new tokens. */
  readonly tokens: TokenSet;
  /** The pair of the app that HighLevel accepted. */
  readonly clientId: string;
  /** Trace id of the Reconnect answer. */
  readonly traceId?: string;
}

/**
 * Brings back the tokens of an installed location or company: reconnect, then exchange the code. Two requests, no user,
 * no store. A code that ended in between is asked for once more; older pairs of the app are tried where the current one
 * is refused.
 *
 * @throws {TypeError} when `app` or `target` is malformed; nothing was sent.
 * @throws {HighLevelError} as {@linkcode reconnect} and {@linkcode exchangeCode} do.
 *
 * @example
 * ```ts
 * import { recoverTokens } from "@reconnect/highlevel";
 * import { createSandbox } from "@reconnect/highlevel/sandbox";
 *
 * const sandbox = createSandbox();
 * const { companyId } = sandbox.addCompany({});
 *
 * const tokens = await recoverTokens({ ...sandbox.app, fetch: sandbox.fetch }, { companyId });
 * if (tokens.userType !== "Company") throw new Error("wrong kind");
 * ```
 */
export async function recoverTokens(
  app: HighLevelApp,
  target: ConnectionTarget,
  options?: RequestOptions,
): Promise<TokenSet> {
  return (await recoverWithAnyCredentials(app, target, options)).tokens;
}

/** {@linkcode recoverTokens}, telling how; `preferred` is the client id to begin with. */
export async function recoverWithAnyCredentials(
  app: HighLevelApp,
  target: ConnectionTarget,
  options?: RequestOptions,
  preferred?: string,
): Promise<RecoveredTokens> {
  checkApp(app);
  const own = checkTarget(target);
  // HighLevel does not take this pair for this installation; another may be the one it was made with.
  const refusals = [
    "invalid_client",
    "not_installed",
    "invalid_request",
    "unauthorized",
    "forbidden",
  ] as const;
  return await withAnyCredentials(app, preferred, refusals, async (pairApp) => {
    const attempt = async (): Promise<RecoveredTokens> => {
      const { authorizationCode: code, traceId } = await reconnect(pairApp, own, options);
      // RFC 6749 section 4.1.3: a redirect URI belongs to a code whose authorisation request had one; this one had none.
      const tokens = await requestTokens(
        pairApp,
        "code",
        { code, userType: userTypeOf(own) },
        options,
        own,
      );
      checkOwner(tokens, own);
      return defined({ tokens, clientId: pairApp.clientId, traceId: traceId || undefined });
    };
    return await attempt().catch((error) => {
      // The code ended between the two requests, or its lost exchange had been carried out: once more.
      if (isCoded(error, "invalid_grant")) return attempt();
      throw error;
    });
  });
}

/** Runs `attempt` with each pair of `app` while it is refused with one of `refusals`; rethrows the first refusal. */
export async function withAnyCredentials<T>(
  app: HighLevelApp,
  preferred: string | undefined,
  refusals: readonly HighLevelErrorCode[],
  attempt: (app: HighLevelApp) => Promise<T>,
): Promise<T> {
  let first: HighLevelError | undefined;
  for (const pairApp of appsOf(app, preferred)) {
    try {
      return await attempt(pairApp);
    } catch (error) {
      // What a grant is to another pair than its own says nothing about the grant.
      if (!isCoded(error, ...refusals)) throw first && isCoded(error, "invalid_grant") ? first : error;
      first ??= error;
    }
  }
  throw first;
}

/** Whether tokens are for `target`, as far as they tell. */
export function isOwner(tokens: TokenSet, target: ConnectionTarget): boolean {
  const { userType, locationId = target.locationId, companyId = target.companyId } = tokens;
  return userType === userTypeOf(target) &&
    (target.locationId ? locationId === target.locationId : companyId === target.companyId);
}

/**
 * Checks that tokens are for `target`, as far as they tell.
 *
 * @throws {HighLevelError} `malformed_response` when they are for somebody else.
 */
export function checkOwner(tokens: TokenSet, target: ConnectionTarget): void {
  if (isOwner(tokens, target)) return;
  const message = `${describeTarget(target)}: HighLevel answered with the tokens of another connection.`;
  throw new HighLevelError("malformed_response", message, { target });
}
