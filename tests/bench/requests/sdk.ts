import type { HighLevelApp } from "../../../mod.ts";
import { retryWhileLocked } from "../../../src/stores/retry_while_locked.ts";
import { SDK, sdkModule } from "../peers.ts";
import type { Client, Contender, Target } from "./contender.ts";

type Session = Record<string, unknown>;

/** What the SDK asks of a session storage, as its `SessionStorage` declares it. */
interface SessionStorage {
  setClientId(clientId: string): void;
  init(): Promise<void>;
  disconnect(): Promise<void>;
  createCollection(name: string): Promise<void>;
  getCollection(name: string): Promise<unknown>;
  setSession(id: string, session: Session): Promise<void>;
  getSession(id: string): Promise<Session | null>;
  deleteSession(id: string): Promise<void>;
  getAccessToken(id: string): Promise<string | null>;
  getRefreshToken(id: string): Promise<string | null>;
}

/** What is used of the SDK. */
interface SdkModule {
  readonly HighLevel: new (config: object) => {
    readonly locations: { getLocation(params: { locationId: string }): Promise<unknown> };
    getHttpClient(): { readonly defaults: { baseURL?: string } };
    getSessionStorage(): SessionStorage;
  };
}

/** Where sessions are. */
interface Shelf {
  get(id: string): Promise<unknown>;
  set(id: string, session: Session): Promise<unknown>;
}

/** HighLevel's own SDK. */
export async function sdkContender(): Promise<Contender> {
  const module = await sdkModule();
  if (!isSdk(module)) throw new Error(`${SDK.name} ${SDK.version} is not as expected`);
  return {
    name: `${SDK.name} ${SDK.version}`,
    deploy(app, trouble) {
      const sessions = new Map<string, Session>();
      const shelf: Shelf = {
        async get(id) {
          const session = sessions.get(id);
          await trouble.afterRead();
          return session;
        },
        async set(id, session) {
          await trouble.beforeWrite();
          sessions.set(id, session);
        },
      };
      return { client: () => clientOf(module, app, shelf) };
    },
    onKv: (app, kv) =>
      clientOf(module, app, {
        get: async (id) => (await retryWhileLocked(() => kv.get(["sdk", id]))).value,
        set: (id, session) => retryWhileLocked(() => kv.set(["sdk", id], session)),
      }),
  };
}

function clientOf(
  { HighLevel }: SdkModule,
  { clientId, clientSecret, baseUrl }: HighLevelApp,
  shelf: Shelf,
): Client {
  const sdk = new HighLevel({
    clientId,
    clientSecret,
    apiVersion: "2021-07-28",
    sessionStorage: storageOn(shelf),
    logLevel: "none",
  });
  // The SDK has no option for its host; its public `getHttpClient()` is the axios instance that sends everything.
  if (baseUrl) sdk.getHttpClient().defaults.baseURL = baseUrl;
  return {
    async save(target, answer, age) {
      const session = { ...answer, expires_in: age === "expired" ? 0 : answer.expires_in };
      await sdk.getSessionStorage().setSession(idOf(target), session);
    },
    call: async (locationId) => void await sdk.locations.getLocation({ locationId }),
  };
}

/** Keeps sessions as the SDK's own memory storage does, `expire_at` included. */
function storageOn(shelf: Shelf): SessionStorage {
  const get = async (id: string): Promise<Session | null> => {
    const session = await shelf.get(id);
    return isSession(session) ? session : null;
  };
  const text = (value: unknown): string | null => typeof value === "string" ? value : null;
  return {
    setClientId: () => {},
    init: () => Promise.resolve(),
    disconnect: () => Promise.resolve(),
    createCollection: () => Promise.resolve(),
    getCollection: (name) => Promise.resolve(name),
    async setSession(id, session) {
      await shelf.set(id, {
        ...session,
        expire_at: Date.now() + Number(session.expires_in ?? 86_400) * 1000,
      });
    },
    getSession: get,
    deleteSession: () => Promise.resolve(),
    getAccessToken: async (id) => text((await get(id))?.access_token),
    getRefreshToken: async (id) => text((await get(id))?.refresh_token),
  };
}

function idOf(target: Target): string {
  return "locationId" in target ? target.locationId : target.companyId;
}

function isSession(value: unknown): value is Session {
  return typeof value === "object" && value !== null;
}

function isSdk(value: unknown): value is SdkModule {
  return typeof value === "object" && value !== null && "HighLevel" in value &&
    typeof value.HighLevel === "function";
}
