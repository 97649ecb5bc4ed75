/**
 * HighLevel's own SDK (`@gohighlevel/api-client` 3.1.0) with connections that heal, beside the storage that it had:
 *
 *     const highLevel = healingSdk(credentials, connections, new MongoDBSessionStorage(…));
 *     await highLevel.locations.getLocation({ locationId });       // as ever
 *
 * Connections that are known only to the old storage are taken over at their first call, and it is written on: the way back is
 * the old program, started again. Only one of the two may run at a time, since both refresh.
 */
import { HighLevel, type SessionStorage } from "@gohighlevel/api-client";
import type { ClientCredentials, Connections } from "@reconnect/highlevel";
import { healing } from "@reconnect/highlevel/highlevel-sdk";

/** The SDK, its tokens under the care of `connections`; `before` is the storage that it had. */
export function healingSdk(
  { clientId, clientSecret }: ClientCredentials,
  connections: Connections,
  before: SessionStorage,
): HighLevel {
  return healing(new HighLevel({ clientId, clientSecret }), connections, {
    also: before,
    onAlsoFailed: (error, id) => console.warn("the SDK's own storage failed", id, error),
  });
}
