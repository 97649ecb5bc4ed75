import type { CaringConnections } from "./caring.ts";
import { check } from "../oauth/check.ts";
import { isObject, isText } from "../oauth/fields.ts";
import { refusalFrom } from "../oauth/request/refusal.ts";
import type { ConnectionTarget } from "../oauth/target.ts";
import { Futile } from "./futile.ts";
import { HealingStorage } from "./healing_storage.ts";
import type { HighLevelSdk, SdkRequest, SdkSession, SdkSessionStorage } from "./sdk.ts";
import { readStandIn } from "./stand_in.ts";
import { type AlsoFailed, TheirStorage } from "./their_storage.ts";

/** Options of {@linkcode healing}. */
export interface HealingOptions {
  /**
   * The session storage that was used before, such as the SDK's `MongoDBSessionStorage`: a connection that is not known here is taken over
   * from it at its first call, and every new token is written to it too, so that there is a way back. Its trouble is never yours: what
   * fails there, or takes more than 5 s, is told to `onAlsoFailed` and tried again with the next call.
   */
  readonly also?: SdkSessionStorage;
  /** Told what failed there, and of which id (empty: opening, closing, the client id). What it throws fails the call. */
  readonly onAlsoFailed?: AlsoFailed;
  /**
   * The clock, ms since the epoch.
   * @default {Date.now}
   */
  readonly now?: () => number;
}

/**
 * Puts the tokens of HighLevel's own SDK (`@gohighlevel/api-client`) under the care of `connections`, and returns the SDK: its calls heal
 * from then on, and the code that makes them stays as it is.
 *
 * By itself the SDK ends for good when tokens are lost, and processes of it spend one refresh token twice. Here it never sees one: the
 * refresh token it is given is a stand-in, and its refresh is answered by `Connections`, which alone refreshes, recovers or climbs through
 * the agency, once for all callers. A missing scope, which HighLevel calls 401 too, spends nothing.
 *
 * @throws {TypeError} naming the argument that is none.
 *
 * @example
 * ```ts
 * import { Connections, MemoryStore } from "@reconnect/highlevel";
 * import { healing, type HighLevelSdk } from "@reconnect/highlevel/highlevel-sdk";
 *
 * function careFor(highLevel: HighLevelSdk): void { // new HighLevel({ clientId, clientSecret }) of the SDK
 *   const app = { clientId: "0123456789abcdef01234567-a", clientSecret: "a secret" };
 *   healing(highLevel, new Connections({ app, store: new MemoryStore() }));
 * }
 * console.assert(careFor.length === 1);
 * ```
 */
export function healing<Sdk extends HighLevelSdk>(
  highLevel: Sdk,
  connections: CaringConnections,
  { also, onAlsoFailed = () => {}, now = Date.now }: HealingOptions = {},
): Sdk {
  check(typeof highLevel?.setSessionStorage === "function", "highLevel must be the SDK's HighLevel");
  check(typeof connections?.tokens === "function", "connections must be Connections");
  check(
    also === undefined || typeof also?.getSession === "function",
    "also must be a session storage of the SDK",
  );
  const isOpen = highLevel.getSessionStorage() === also; // opened when the SDK was made with it
  const theirs = also && new TheirStorage(also, { isOpen, onFailed: onAlsoFailed });
  const storage = new HealingStorage(connections, theirs, now);
  const futile = new Futile();

  /** The SDK wants to refresh, since HighLevel refused `accessToken`. */
  const refreshed = async (target: ConnectionTarget, accessToken: string): Promise<SdkSession> => {
    const key = target.locationId ?? target.companyId;
    if (futile.isKnown(key, accessToken, now())) return await storage.sessionFor(target);
    const session = await storage.sessionFor(target, accessToken);
    futile.note(key, now());
    return session;
  };

  /** Sees an answer before the SDK does, and hands it on as it is. */
  function seen(this: SdkRequest, data: unknown, _headers: unknown, status?: number): unknown {
    const token = bearerIn(this.headers);
    const isForbidden = status === 401 && refusalFrom("", status, data).code === "forbidden";
    if (token !== undefined && isForbidden) futile.note(token, now());
    return data;
  }

  highLevel.setSessionStorage(storage);
  highLevel.updateConfig({}); // else its webhooks would go on with the storage before
  highLevel.addRequestInterceptor({
    onFulfilled<Config extends SdkRequest>(config: Config): Config {
      const request: SdkRequest = config;
      const form = request.url === "/oauth/token" ? new URLSearchParams(`${request.data}`) : undefined;
      const standIn = readStandIn(form?.get("refresh_token"));
      if (standIn) {
        request.adapter = async () => {
          const data = await refreshed(standIn.target, standIn.accessToken);
          return { data, status: 200, statusText: "OK", headers: {}, config };
        };
      } else {
        const readers = [request.transformResponse ?? []].flat();
        if (!readers.includes(seen)) request.transformResponse = [...readers, seen];
      }
      return config;
    },
  });
  return highLevel;
}

/** The token in the headers of a request. */
function bearerIn(headers: unknown): string | undefined {
  const value: unknown = isObject(headers) ? headers["Authorization"] : undefined;
  return isText(value) ? /^Bearer (\S+)$/.exec(value)?.[1] : undefined;
}
