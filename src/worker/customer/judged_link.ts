import type { Context } from "hono";
import type { Connection } from "../../connections/mod.ts";
import { isOfSuspended } from "../connection/suspension.ts";
import type { DescribedConnection } from "../connection/connection_api.ts";
import type { AppTypes } from "../http/route.ts";
import { knownOf } from "./authorize_page.ts";
import { type CustomerNews, isAgency, type LinkStanding } from "./page_of.ts";
import { type OpenedLink, openReturnLink } from "./return_link.ts";

/** What a link came to: what its page tells, and, where it can be used, what it is for. */
export interface JudgedLink {
  readonly news: CustomerNews;
  readonly ready?: {
    readonly link: OpenedLink;
    /** Its token, and nothing behind it. */
    readonly token: string;
    readonly known: DescribedConnection | undefined;
  };
}

/** A link's own characters: mail programs add the full stop or bracket behind it. */
const TOKEN = /^[\w-]*/;

/** What the link with the token in `text` comes to now. Names are told only of one that can be used, or whose connection is back. */
export async function judgedLink(context: Context<AppTypes>, text: string): Promise<JudgedLink> {
  const scope = context.get("scope");
  const [token = ""] = TOKEN.exec(text) ?? [];
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
      const standing = known?.suspended ? "suspended" : standingOf(known?.connection);
      return { news: { kind: "ready", ...named, standing, expiresAt }, ready: { link, token, known } };
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

function standingOf(connection: Connection | undefined): LinkStanding {
  switch (connection?.status) {
    case "connected":
      return "connected";
    case "paused": // where its agency is suspended, whoever is at the location brings it back
      return isOfSuspended(connection) ? "lost" : "paused";
    case "broken":
    case "reauthorization_required":
      return "lost";
    case undefined:
      return "new";
  }
}
