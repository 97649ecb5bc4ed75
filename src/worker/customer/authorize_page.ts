import type { Context } from "hono";
import { defined } from "../../oauth/host.ts";
import { authorizationUrl, type ConnectionTarget } from "../../oauth/mod.ts";
import type { DescribedConnection } from "../connection/connection_api.ts";
import { ProblemError } from "../http/problem.ts";
import type { AppTypes, RequestScope } from "../http/route.ts";
import { logError } from "../log.ts";
import { type InstallationDetails, linkOptions } from "./reauthorization_link.ts";
import { startState } from "./install_state.ts";

/** Sends the browser on to HighLevel's page, bound by a state to this browser; `link` is the link it came by. */
export async function toHighLevel(
  context: Context<AppTypes>,
  target: ConnectionTarget | undefined,
  details: InstallationDetails,
  { link, status }: { readonly link?: string; readonly status: 302 | 303 },
): Promise<Response> {
  const { settings: { app, scope } } = context.get("scope");
  if (!app.redirectUri || !scope) {
    throw new ProblemError({
      status: 503,
      code: "misconfigured",
      detail: "Set HIGHLEVEL_REDIRECT_URI and HIGHLEVEL_SCOPES to install from here.",
    });
  }
  const state = await startState(context, defined({ expected: target, link }));
  const url = authorizationUrl(app, { scope, state, sameTab: true, ...linkOptions(details) });
  context.header("Cache-Control", "no-store");
  return context.redirect(url.href, status);
}

/** What is known of a connection. Its object's trouble does not keep anybody from installing. */
export async function knownOf(
  { connection }: Pick<RequestScope, "connection">,
  target: ConnectionTarget,
): Promise<DescribedConnection | undefined> {
  try {
    return await connection(target).describe();
  } catch (error) {
    logError(error, { outcome: "passed_over" });
    return undefined;
  }
}

/** What belongs into the way to HighLevel: where a location does not know of a white label, its agency may. */
export async function detailsOf(
  scope: Pick<RequestScope, "connection">,
  known: DescribedConnection | undefined,
): Promise<InstallationDetails> {
  const { installation = {}, connection } = known ?? {};
  const { isWhiteLabel, companyId = connection?.companyId } = installation;
  if (isWhiteLabel !== undefined || companyId === undefined) return installation;
  const agency = await knownOf(scope, { companyId });
  return defined({ ...installation, isWhiteLabel: agency?.installation.isWhiteLabel });
}
