import { checkText, given } from "./check.ts";
import { defined } from "./defined.ts";
import { checkApp, type HighLevelApp } from "./highlevel_app.ts";

/** What {@linkcode authorizationUrl} puts into the link. */
export interface AuthorizationRequest {
  /** What the app asks for: scopes in a list, or one text with spaces between. */
  readonly scope: string | readonly string[];
  /** Comes back with the redirect; bind it to the browser. */
  readonly state?: string;
  /**
   * Where HighLevel sends people back.
   * @default {app.redirectUri}
   */
  readonly redirectUri?: string;
  /**
   * Show the page without HighLevel's brand.
   * @default {false}
   */
  readonly whiteLabel?: boolean;
  /**
   * Log in in the same tab (`loginWindowOpenMode=self`).
   * @default {false}
   */
  readonly sameTab?: boolean;
  /**
   * The version of the app to install. Links of private apps need one.
   * @default {app.versionId}
   */
  readonly versionId?: string;
}

/**
 * The link where a person authorises the app. Sends nothing.
 *
 * Source: HighLevel's docs, "Authorization"; the path has `/v2` since May 2026.
 *
 * @throws {TypeError} when `app` is malformed, `scope` is empty or no redirect URI is known.
 *
 * @example
 * ```ts
 * import { authorizationUrl } from "@reconnect/highlevel";
 *
 * const url = authorizationUrl(
 *   { clientId: "66a1b2c3d4e5f6a7b8c9d0e1-lz1abcde", clientSecret: "…", redirectUri: "https://example.com/callback" },
 *   { scope: ["contacts.readonly"], state: "xyz" },
 * );
 * if (url.pathname !== "/v2/oauth/chooselocation") throw new Error("wrong page");
 * ```
 */
export function authorizationUrl(
  app: HighLevelApp,
  request: AuthorizationRequest,
): URL {
  checkApp(app);
  const { scope, state, redirectUri = app.redirectUri, whiteLabel, sameTab, versionId = app.versionId } =
    given(
      request,
    );
  const site = app.marketplaceUrl ??
    `https://marketplace.${whiteLabel ? "leadconnectorhq" : "gohighlevel"}.com`;
  const query = new URLSearchParams(defined({
    response_type: "code",
    client_id: app.clientId,
    redirect_uri: checkText("redirectUri", redirectUri),
    scope: checkText("scope", [scope].flat().join(" ")),
    state,
    version_id: versionId,
    loginWindowOpenMode: sameTab ? "self" : undefined,
  }));
  return new URL(`${site.replace(/\/+$/, "")}/v2/oauth/chooselocation?${query}`);
}
