import type { CaringConnections } from "./caring.ts";
import { HighLevelError } from "../oauth/highlevel_error.ts";
import type { ConnectionTarget } from "../oauth/target.ts";
import type { SdkSession, SdkSessionStorage } from "./sdk.ts";
import { sessionOf, tokensIn } from "./session.ts";
import { readStandIn, standInFor } from "./stand_in.ts";
import type { TheirStorage } from "./their_storage.ts";

/**
 * Within this of its end, a quarter of its life, a token may be refreshed by `Connections`, ms: before that their storage is asked for a
 * newer one.
 */
const MAY_BE_REFRESHED_MS = 21_600_000;

/** The SDK's session storage over `Connections`: what it reads lives, what it saves is kept. The SDK never sees a refresh token. */
export class HealingStorage implements SdkSessionStorage {
  readonly #connections: CaringConnections;
  readonly #theirs: TheirStorage | undefined;
  readonly #now: () => number;

  /** Sessions are the connections of `connections`; `theirs` is written beside it. */
  constructor(connections: CaringConnections, theirs: TheirStorage | undefined, now: () => number) {
    this.#connections = connections;
    this.#theirs = theirs;
    this.#now = now;
  }

  /** A session whose access token lives; `null` where a person must authorise the app. */
  async getSession(resourceId: string): Promise<SdkSession | null> {
    await this.#takeOver(resourceId);
    try {
      return await this.sessionFor(await this.#targetOf(resourceId));
    } catch (error) {
      if (error instanceof HighLevelError && !error.retryable) return null;
      throw error;
    }
  }

  /** The session of a connection, with another access token than `rejected`; written to their storage too. */
  async sessionFor(target: ConnectionTarget, rejected?: string): Promise<SdkSession> {
    const tokens = await this.#connections.tokens(target, rejected === undefined ? {} : { rejected });
    await this.#theirs?.write(target.locationId ?? target.companyId, tokens, this.#now());
    return sessionOf(tokens, standInFor(target, tokens.accessToken), this.#now());
  }

  /** Saves what the SDK got by itself, as from an installation's code. What came from here is kept already. */
  async setSession(resourceId: string, session: SdkSession): Promise<void> {
    if (readStandIn(session.refresh_token)) return;
    const { expire_at: _, ...got } = session; // of the session before, where the SDK has put new tokens over it
    const read = tokensIn(resourceId, got, this.#now());
    try {
      if (read) await this.#connections.save(read.target, read.tokens);
    } finally {
      await this.#theirs?.set(resourceId, session);
    }
  }

  /** Forgets a connection, here and there. */
  async deleteSession(resourceId: string): Promise<void> {
    const target = await this.#targetOf(resourceId);
    await this.#theirs?.remove(resourceId);
    await this.#connections.forget(target);
  }

  /** An access token that lives. */
  async getAccessToken(resourceId: string): Promise<string | null> {
    return (await this.getSession(resourceId))?.access_token ?? null;
  }

  /** The stand-in of the refresh token. */
  async getRefreshToken(resourceId: string): Promise<string | null> {
    return (await this.getSession(resourceId))?.refresh_token ?? null;
  }

  /** `Connections` knows its app; their storage is told. */
  setClientId(clientId: string): void {
    this.#theirs?.setClientId(clientId);
  }

  /** Opens their storage; there is nothing to open here. */
  async init(): Promise<void> {
    await this.#theirs?.open();
  }

  /** Closes their storage, and writes what is in memory only. */
  async disconnect(): Promise<void> {
    await this.#connections.flush();
    await this.#theirs?.close();
  }

  /** There are no collections. */
  createCollection(): Promise<void> {
    return Promise.resolve();
  }

  /** There are no collections. */
  getCollection(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  /**
   * Takes what their storage has newer: all of it on the first day, and later what a process got that still refreshes by itself. What was
   * forgotten after they got it stays forgotten.
   */
  async #takeOver(resourceId: string): Promise<void> {
    if (!this.#theirs) return;
    const held = await this.#connections.get(await this.#targetOf(resourceId));
    const endsAt = held?.expiresAt?.getTime() ?? 0;
    if (held?.status === "connected" && endsAt > this.#now() + MAY_BE_REFRESHED_MS) return;
    const session = await this.#theirs.read(resourceId);
    if (!session || readStandIn(session.refresh_token)) return;
    const read = tokensIn(resourceId, session, this.#now());
    if (!read || held && read.tokens.expiresAt.getTime() <= endsAt) return;
    await this.#connections.save(read.target, read.tokens, { gotAt: read.gotAt });
  }

  /** The SDK does not say which kind an id is; a company is one we know as such, or they do. */
  async #targetOf(resourceId: string): Promise<ConnectionTarget> {
    const [company, location] = [{ companyId: resourceId }, { locationId: resourceId }];
    if (await this.#connections.get(company)) return company;
    if (!this.#theirs || await this.#connections.get(location)) return location;
    return (await this.#theirs.read(resourceId))?.userType === "Company" ? company : location;
  }
}
