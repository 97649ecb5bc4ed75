import { traceIdFrom } from "./request/refusal.ts";
import { fieldsOf, moment } from "./fields.ts";
import { checkApp, type HighLevelApp, type RequestOptions } from "./highlevel_app.ts";
import { inspectAs, REDACTED } from "./request/redact.ts";
import { send } from "./request/send.ts";
import { checkTarget, type ConnectionTarget } from "./target.ts";

/** What {@linkcode reconnect} gives. Its JSON and its inspection show no code. */
export interface ReconnectGrant {
  /** Single use; exchange it at once with {@linkcode exchangeCode}. */
  readonly authorizationCode: string;
  /** When the code ends. */
  readonly expiresAt: Date;
  /** What HighLevel's support asks for; empty where HighLevel gave none. */
  readonly traceId: string;
}

/**
 * Asks HighLevel for an authorization code that restores the connection of an installed location or company.
 * No user is involved. Safe to repeat, so transient failures are tried 3 times.
 *
 * Source: HighLevel's help article on reconnecting broken marketplace apps, `POST /oauth/reconnect`.
 *
 * @throws {TypeError} when `app` or `target` is malformed; nothing was sent.
 * @throws {HighLevelError} `endpoint_removed`, `not_installed`, `location_inactive`, `invalid_client`,
 * `invalid_request`, or a transient code.
 *
 * @example
 * ```ts
 * import { exchangeCode, reconnect } from "@reconnect/highlevel";
 * import { createSandbox } from "@reconnect/highlevel/sandbox";
 *
 * const sandbox = createSandbox();
 * const { locationId } = sandbox.addLocation({ installed: true });
 * const app = { ...sandbox.app, fetch: sandbox.fetch };
 *
 * const { authorizationCode, traceId } = await reconnect(app, { locationId });
 * const tokens = await exchangeCode(app, { code: authorizationCode, userType: "Location" });
 * console.log(traceId, tokens.expiresAt);
 * ```
 */
export async function reconnect(
  app: HighLevelApp,
  target: ConnectionTarget,
  options?: RequestOptions,
): Promise<ReconnectGrant> {
  checkApp(app);
  const own = checkTarget(target);
  const { clientId: clientKey, clientSecret } = app;
  return await send(app, {
    path: "/oauth/reconnect",
    body: JSON.stringify({ clientKey, clientSecret, ...own }),
    target: own,
    read: (body) => grantFrom(body, clientSecret),
  }, options);
}

function grantFrom(body: unknown, clientSecret: string): ReconnectGrant {
  const field = fieldsOf(body);
  const value = field.string("authorizationCode");
  const shown = {
    authorizationCode: REDACTED,
    expiresAt: field.required("expiresAt", moment(field.value("expiresAt"))),
    traceId: traceIdFrom(body, [value, clientSecret]) ?? "",
  };
  const code = { value, enumerable: false };
  return inspectAs(Object.defineProperty({ ...shown }, "authorizationCode", code), shown);
}
