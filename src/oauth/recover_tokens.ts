import { withAnyCredentials } from "./request/any_credentials.ts";
import { defined } from "./defined.ts";
import { checkApp, type HighLevelApp, type RequestOptions } from "./highlevel_app.ts";
import { type HighLevelError, isCoded } from "./highlevel_error.ts";
import { answerAbout } from "./owner.ts";
import { reconnect } from "./reconnect.ts";
import { checkTarget, type ConnectionTarget, userTypeOf } from "./target.ts";
import { requestTokens } from "./token_endpoint.ts";
import type { TokenAnswer, TokenSet } from "./token_set.ts";

/** Tokens that came back, with what history keeps of it. */
export interface RecoveredTokens extends TokenAnswer {
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
  return await withAnyCredentials(app, preferred, isRefusedPair, async (pairApp) => {
    const attempt = async (): Promise<RecoveredTokens> => {
      const { authorizationCode: code, traceId } = await reconnect(pairApp, own, options);
      // RFC 6749 section 4.1.3: a redirect URI belongs to a code whose authorisation request had one; this one had none.
      const answer = await requestTokens(
        pairApp,
        "code",
        { code, userType: userTypeOf(own) },
        options,
        own,
      );
      const about = answerAbout(own, answer, false);
      return defined({ ...about, clientId: pairApp.clientId, traceId: traceId || undefined });
    };
    return await attempt().catch((error) => {
      // The code ended between the two requests, or its lost exchange had been carried out: once more.
      if (isCoded(error, "invalid_grant")) return attempt();
      throw error;
    });
  });
}

/** HighLevel does not take this pair for this installation; another may be the one it was made with. */
function isRefusedPair(error: HighLevelError): boolean {
  return isCoded(error, "invalid_client", "not_installed", "invalid_request", "unauthorized", "forbidden");
}
