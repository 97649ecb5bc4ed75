import { type KindAndId, targetOf } from "../kind_and_id.ts";
import type { ReconnectApp } from "../reconnect_app.ts";
import { reauthorizationLink } from "./reauthorization_link.ts";
import { LINK_SECONDS, makeReturnLink } from "./return_link.ts";

/** The link of a connection; `undefined` where it has none. */
export type LinkOf = (connection: KindAndId) => string | undefined;

/**
 * Makes links for the people of `connections`, which end at `endsAt` (ms); where the redirect URI is the host's own, they lead to
 * HighLevel's page. There are none where no scopes are set, nor after `endsAt`.
 */
export async function manyLinks(
  scope: Pick<ReconnectApp, "settings">,
  connections: readonly KindAndId[],
  endsAt: number,
  now: number = Date.now(),
): Promise<LinkOf> {
  if (endsAt <= now) return () => undefined;
  const { least, most } = LINK_SECONDS;
  const expiresInSeconds = Math.min(most, Math.max(least, Math.floor((endsAt - now) / 1000)));
  const links = new Map<string, string | undefined>();
  await Promise.all(connections.map(async (key) => {
    const target = targetOf(key);
    const link = await makeReturnLink(scope, target, { expiresInSeconds, now });
    links.set(nameOf(key), link?.url ?? await reauthorizationLink(scope.settings, target, {}));
  }));
  return (key) => links.get(nameOf(key));
}

/** When a link that is made now ends by default, ms. */
export function usualEnd(): number {
  return Date.now() + LINK_SECONDS.usual * 1000;
}

function nameOf({ kind, id }: KindAndId): string {
  return `${kind}/${id}`;
}
