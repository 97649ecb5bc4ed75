/*
 * What is used of HighLevel's SDK, by its shape: nothing of it is imported. Source: `@gohighlevel/api-client` 3.1.0, `lib/HighLevel` and
 * `lib/storage`.
 */

/** A session as the SDK keeps it, and as its session storages are asked for it. */
export interface SdkSession {
  /** Bearer token of API calls. */
  access_token?: string | undefined;
  /** Buys the next tokens, once. */
  refresh_token?: string | undefined;
  /** How to send the access token. */
  token_type?: string | undefined;
  /** What the tokens may do, with spaces between. */
  scope?: string | undefined;
  /** `Company` or `Location`. */
  userType?: string | undefined;
  /** The company, also of a location's tokens. */
  companyId?: string | undefined;
  /** The location the tokens are for. */
  locationId?: string | undefined;
  /** Who authorised the app. */
  userId?: string | undefined;
  /** How long the access token lives from when it was got, seconds. */
  expires_in?: number | undefined;
  /** When the access token ends, ms since the epoch. */
  expire_at?: number | undefined;
}

/** What is used of a session storage of the SDK, such as its `MongoDBSessionStorage`. */
export interface SdkSessionStorage {
  /** Tells the storage whose sessions it keeps. */
  setClientId(clientId: string): void;
  /** Opens it. */
  init(): Promise<void>;
  /** Closes it. */
  disconnect(): Promise<void>;
  /** The session of a location or company, by its id. */
  getSession(resourceId: string): Promise<SdkSession | null>;
  /** Keeps it. */
  setSession(resourceId: string, session: SdkSession): Promise<void>;
  /** Removes it. */
  deleteSession(resourceId: string): Promise<void>;
}

/** What is used of a request of the SDK (axios). */
export interface SdkRequest {
  /** Its path. */
  url?: string | undefined;
  /** Its body. */
  data?: unknown;
  /** What answers it in the network's place. */
  adapter?: unknown;
  /** What reads its answer, one after another. */
  transformResponse?: unknown;
  /** Its headers. */
  headers?: unknown;
}

/** What is used of the SDK's `HighLevel`. */
export interface HighLevelSdk {
  /** Changes where it keeps sessions. */
  setSessionStorage(storage: SdkSessionStorage): void;
  /** Where it keeps sessions now. */
  getSessionStorage(): unknown;
  /** Makes its services anew, those for webhooks too, which hold on to the storage they were made with. */
  updateConfig(config: object): void;
  /** Lets requests be changed before they are sent. */
  addRequestInterceptor(
    interceptor: { onFulfilled<Config extends SdkRequest>(config: Config): Config | Promise<Config> },
  ): unknown;
}
