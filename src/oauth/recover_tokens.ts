import { exchangeCodeFor } from "./exchange_code.ts";
import {
  checkApp,
  credentialsOf,
  type HighLevelApp,
  type RequestOptions,
  withCredentials,
} from "./highlevel_app.ts";
import { HighLevelError } from "./highlevel_error.ts";
import { reconnect } from "./reconnect.ts";
import { checkTarget, type ConnectionTarget, describeTarget, userTypeOf } from "./target.ts";
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
  options: RequestOptions = {},
): Promise<TokenSet> {
  return (await recoverWithAnyCredentials(app, target, options)).tokens;
}

/** {@linkcode recoverTokens}, telling how; `preferred` is the client id to begin with. */
export async function recoverWithAnyCredentials(
  app: HighLevelApp,
  target: ConnectionTarget,
  options: RequestOptions,
  preferred?: string,
): Promise<RecoveredTokens> {
  checkApp(app);
  checkTarget(target);
  return await withAnyCredentials(app, preferred, isRefusal, async (pairApp) => {
    try {
      return await reconnectAndExchange(pairApp, target, options);
    } catch (error) {
      // The code ended between the two requests, or its lost exchange had been carried out: once more.
      if (error instanceof HighLevelError && error.code === "invalid_grant") {
        return await reconnectAndExchange(pairApp, target, options);
      }
      throw error;
    }
  });
}

/** Runs `attempt` with each pair of `app` while `refused` says so; rethrows the first refusal. */
export async function withAnyCredentials<T>(
  app: HighLevelApp,
  preferred: string | undefined,
  refused: (error: HighLevelError) => boolean,
  attempt: (app: HighLevelApp) => Promise<T>,
): Promise<T> {
  let first: HighLevelError | undefined;
  for (const pair of credentialsOf(app, preferred)) {
    try {
      return await attempt(withCredentials(app, pair));
    } catch (error) {
      if (!(error instanceof HighLevelError) || !refused(error)) throw error;
      first ??= error;
    }
  }
  throw first;
}

async function reconnectAndExchange(
  app: HighLevelApp,
  target: ConnectionTarget,
  options: RequestOptions,
): Promise<RecoveredTokens> {
  const { authorizationCode: code, traceId } = await reconnect(app, target, options);
  // RFC 6749 section 4.1.3: a redirect URI belongs to a code whose authorisation request had one; this one had none.
  const tokens = await exchangeCodeFor(app, { code, userType: userTypeOf(target) }, target, options);
  checkOwner(tokens, target);
  return { tokens, clientId: app.clientId, ...(traceId && { traceId }) };
}

/**
 * Checks that tokens are for `target`, as far as they tell.
 *
 * @throws {HighLevelError} `malformed_response` when they are for somebody else.
 */
export function checkOwner(tokens: TokenSet, target: ConnectionTarget): void {
  const { userType, locationId, companyId } = tokens;
  const matches = target.locationId === undefined
    ? userType === "Company" && (companyId ?? target.companyId) === target.companyId
    : userType === "Location" && (locationId ?? target.locationId) === target.locationId;
  if (!matches) {
    throw new HighLevelError(
      "malformed_response",
      `${
        describeTarget(target)
      }: HighLevel answered with the tokens of another connection; they were not used.`,
      { target },
    );
  }
}

/** Whether HighLevel does not take this pair for this installation; another may be the one it was made with. */
function isRefusal({ code }: HighLevelError): boolean {
  return code === "invalid_client" || code === "not_installed" || code === "invalid_request" ||
    code === "unauthorized" || code === "forbidden";
}
