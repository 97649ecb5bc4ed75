/**
 * HighLevel's own SDK (`@gohighlevel/api-client` 3.1.0) with connections that heal, without rewriting what uses it:
 *
 *     const connections = new Connections({ app, store });
 *     const highLevel = healing(new HighLevel({ clientId, clientSecret }), connections);
 *     await highLevel.locations.getLocation({ locationId });       // as ever
 *
 * By itself the SDK ends for good when tokens are lost, and can spend a refresh token twice. Here it never sees one: the
 * refresh token it is given is a stand-in, and its refresh is answered by `Connections`, which refreshes, recovers or
 * climbs through the agency, once for all callers.
 */
import { type HighLevel, type ISessionData, SessionStorage } from "@gohighlevel/api-client";
import { type Connections, type ConnectionTarget, HighLevelError, type TokenSet } from "@reconnect/highlevel";

/** Puts the SDK's tokens under the care of `connections`, and returns the SDK. */
export function healing(highLevel: HighLevel, connections: Connections): HighLevel {
  highLevel.setSessionStorage(new ReconnectSessionStorage(connections));
  highLevel.addRequestInterceptor({
    onFulfilled(config) {
      const form = config.url === "/oauth/token" ? new URLSearchParams(String(config.data)) : undefined;
      const standIn = readStandIn(form?.get("refresh_token"));
      if (!standIn) return config;
      // The SDK wants to refresh: HighLevel refused a token.
      config.adapter = async () => {
        const tokens = await connections.tokens(standIn.target, { rejected: standIn.accessToken });
        return {
          data: sessionOf(standIn.target, tokens),
          status: 200,
          statusText: "OK",
          headers: {},
          config,
        };
      };
      return config;
    },
  });
  return highLevel;
}

/** The SDK's session storage over `Connections`: what it reads lives, what it saves is kept. */
export class ReconnectSessionStorage extends SessionStorage {
  readonly #connections: Connections;

  /** Sessions are the connections of `connections`. */
  constructor(connections: Connections) {
    super();
    this.#connections = connections;
  }

  /** A session whose access token lives; `null` where a person must authorise the app. */
  async getSession(resourceId: string): Promise<ISessionData | null> {
    const target = await this.#targetOf(resourceId);
    try {
      return sessionOf(target, await this.#connections.tokens(target));
    } catch (error) {
      if (error instanceof HighLevelError && !error.retryable) return null;
      throw error;
    }
  }

  /** Saves what the SDK got by itself, as from an installation's code. What came from here is kept already. */
  async setSession(resourceId: string, session: ISessionData): Promise<void> {
    const { access_token: accessToken, refresh_token: refreshToken, companyId } = session;
    if (!accessToken || readStandIn(refreshToken)) return;
    const isCompany = session.userType === "Company";
    const tokens: TokenSet = {
      accessToken,
      tokenType: session.token_type ?? "Bearer",
      // Where nothing tells, it counts as ended: it is refreshed before its first use.
      expiresAt: new Date(session.expires_in === undefined ? 0 : this.calculateExpireAt(session.expires_in)),
      scope: session.scope?.split(" ") ?? [],
      userType: isCompany ? "Company" : "Location",
      ...(refreshToken && { refreshToken }),
      ...(companyId && { companyId }),
      ...(!isCompany && { locationId: resourceId }),
    };
    await this.#connections.save(isCompany ? { companyId: resourceId } : { locationId: resourceId }, tokens);
  }

  /** Forgets a connection. */
  async deleteSession(resourceId: string): Promise<void> {
    await this.#connections.forget(await this.#targetOf(resourceId));
  }

  /** A living access token. */
  async getAccessToken(resourceId: string): Promise<string | null> {
    return (await this.getSession(resourceId))?.access_token ?? null;
  }

  /** The stand-in. */
  async getRefreshToken(resourceId: string): Promise<string | null> {
    return (await this.getSession(resourceId))?.refresh_token ?? null;
  }

  /** The SDK does not say which kind an id is; a company is one we know as such. */
  async #targetOf(resourceId: string): Promise<ConnectionTarget> {
    const isCompany = await this.#connections.get({ companyId: resourceId }) !== undefined;
    return isCompany ? { companyId: resourceId } : { locationId: resourceId };
  }

  /** `Connections` knows its app. */
  setClientId(): void {}
  /** There is nothing to open. */
  init(): Promise<void> {
    return Promise.resolve();
  }
  /** There is nothing to close. */
  disconnect(): Promise<void> {
    return Promise.resolve();
  }
  /** There are no collections. */
  createCollection(): Promise<void> {
    return Promise.resolve();
  }
  /** There are no collections. */
  getCollection(): Promise<undefined> {
    return Promise.resolve(undefined);
  }
}

const PREFIX = "stand-in";

function sessionOf(target: ConnectionTarget, tokens: TokenSet): ISessionData {
  const [kind, id] = target.locationId === undefined
    ? ["company", target.companyId]
    : ["location", target.locationId];
  return {
    access_token: tokens.accessToken,
    refresh_token: [PREFIX, kind, id, tokens.accessToken].join(" "), // names what was handed out, buys nothing
    token_type: tokens.tokenType,
    scope: tokens.scope.join(" "),
    userType: tokens.userType,
    expires_in: Math.floor((tokens.expiresAt.getTime() - Date.now()) / 1000),
    expire_at: tokens.expiresAt.getTime(),
    ...(tokens.companyId && { companyId: tokens.companyId }),
    ...(tokens.locationId && { locationId: tokens.locationId }),
  };
}

function readStandIn(text: string | null | undefined): StandIn | undefined {
  const [prefix, kind, id = "", accessToken = ""] = (text ?? "").split(" ");
  if (prefix !== PREFIX) return undefined;
  return { target: kind === "company" ? { companyId: id } : { locationId: id }, accessToken };
}

interface StandIn {
  readonly target: ConnectionTarget;
  readonly accessToken: string;
}
