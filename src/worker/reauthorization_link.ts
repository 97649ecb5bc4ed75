import { authorizationUrl } from "../oauth/authorization_url.ts";
import type { ConnectionTarget } from "../oauth/target.ts";
import type { Settings } from "./settings.ts";

const CALLBACK = /\/oauth\/callback$/;

/**
 * The link to send to the person who must authorise the app again: this worker's install page, which ties the answer to
 * the connection meant. Where the redirect URI is not this worker's, HighLevel's own page. `undefined` where scopes or
 * redirect URI are not set.
 */
export function reauthorizationLink({ app, scope }: Settings, target: ConnectionTarget): string | undefined {
  const { redirectUri } = app;
  if (redirectUri === undefined || scope === undefined) return undefined;
  if (!CALLBACK.test(redirectUri)) return authorizationUrl(app, { scope }).href;
  const [kind, id] = target.locationId === undefined
    ? ["company", target.companyId]
    : ["location", target.locationId];
  return `${redirectUri.replace(CALLBACK, "/oauth/install")}?${kind}=${id}`;
}
