import type { Context } from "hono";
import * as v from "valibot";
import type { DescribedConnection } from "../connection/connection_api.ts";
import { type AppTypes, noInput, type Route, route } from "../http/route.ts";
import { logError } from "../log.ts";
import { detailsOf, knownOf, toHighLevel } from "./authorize_page.ts";
import { customerPage } from "./customer_page.tsx";
import { placeOf } from "./install_result.ts";
import { type CustomerNews, isAgency } from "./page_of.ts";
import { type OpenedLink, openReturnLink } from "./return_link.ts";

/** What a link came to: what its page tells, and, where it can be used, what it is for. */
interface JudgedLink {
  readonly news: CustomerNews;
  readonly ready?: { readonly link: OpenedLink; readonly known: DescribedConnection | undefined };
}

const params = v.object({ token: v.string() });

/**
 * A customer's own way back. Looking at the page writes nothing, so that whatever reads mail and follows its links changes nothing:
 * a link counts as opened once somebody presses the button.
 */
export const returnRoutes: readonly Route[] = [
  route({
    ...noInput,
    method: "get",
    path: "/r/:token",
    access: "none",
    params,
    handle: async (context, { params: { token } }) => {
      const { news } = await judged(context, token);
      return await customerPage(placeOf(context), news);
    },
  }),
  route({
    ...noInput,
    method: "post",
    path: "/r/:token",
    access: "none",
    changes: "installation",
    params,
    handle: async (context, { params: { token } }) => {
      const { news, ready } = await judged(context, token);
      if (!ready) return await customerPage(placeOf(context), news);
      const scope = context.get("scope");
      const { link: { target, madeAt }, known } = ready;
      scope.waitUntil(
        scope.connection(target).linkOpened(madeAt).catch((error: unknown) =>
          logError(error, { route: "/r/:token", outcome: "passed_over" })
        ),
      );
      return await toHighLevel(context, target, await detailsOf(scope, known), { link: token, status: 303 });
    },
  }),
];

/** What the link with `token` comes to now. Names are told only of one that can be used, or whose connection is back. */
async function judged(context: Context<AppTypes>, token: string): Promise<JudgedLink> {
  const scope = context.get("scope");
  const link = await openReturnLink(scope.settings, token);
  if (!link) return { news: { kind: "altered" } };
  const { target, expiresAt } = link;
  if (expiresAt <= Date.now()) return { news: { kind: "expired" } };
  const known = await knownOf(scope, target);
  const state = linkState(link, known);
  const name = known?.connection?.name;
  const named = { isAgency: isAgency(target), ...name !== undefined && { business: name } };
  switch (state) {
    case "revoked":
      return { news: { kind: "revoked" } };
    case "back":
      return { news: { kind: "back", ...named } };
    case "ready": {
      const isKnown = known?.connection !== undefined;
      return { news: { kind: "ready", ...named, isKnown, expiresAt }, ready: { link, known } };
    }
  }
}

/**
 * Where a link in time stands: revoked; its connection is back since it was made, whoever brought it back; or ready. One that was
 * made for a connection that works is ready too: somebody may have to agree to more scopes.
 */
export function linkState(
  { madeAt }: Pick<OpenedLink, "madeAt">,
  known: Pick<DescribedConnection, "connection" | "links"> | undefined,
): "revoked" | "back" | "ready" {
  const { revokedAt = 0, returnedAt = 0 } = known?.links ?? {};
  if (madeAt < revokedAt) return "revoked";
  return known?.connection?.status === "connected" && returnedAt > madeAt ? "back" : "ready";
}
