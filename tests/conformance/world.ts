import {
  type ConnectionEvent,
  Connections,
  type ConnectionsOptions,
  type ConnectionTarget,
  exchangeCode,
  type HighLevelApp,
  MemoryStore,
  type TokenSet,
  type TokenStore,
} from "../../mod.ts";
import { createSandbox, type Sandbox } from "../../src/sandbox/mod.ts";

/** A HighLevel, a clock that only checks move, a store, and connections over them. */
export interface World {
  readonly sandbox: Sandbox;
  readonly app: HighLevelApp;
  readonly store: TokenStore;
  readonly events: readonly ConnectionEvent[];
  readonly connections: Connections;
  /** Connections of another process on the same store. */
  readonly another: (options?: Partial<ConnectionsOptions>) => Connections;
  /** Installs the app at `target` and puts its tokens under management. */
  readonly connect: (target: ConnectionTarget) => Promise<TokenSet>;
  /** Now, ms since the epoch. */
  readonly now: () => number;
  /** Moves the clock, ms. */
  readonly pass: (ms: number) => void;
  /** Moves it past the life of every access token. */
  readonly expire: () => void;
  /** Requests to the OAuth endpoints since the last reset, by name. */
  readonly traffic: () => Record<string, number>;
}

/** Ids as HighLevel's look. */
export const LOCATION = { locationId: "l1C08ntBrFjLS0elLIYU" } as const;
export const COMPANY = { companyId: "ve9EPM428h8vShlRW1KT" } as const;

let emptyStore = (now: () => number): TokenStore => new MemoryStore({ now });

/** From now on every world has a store that `make` makes, where its check brings none of its own. */
export function useStore(make: (now: () => number) => TokenStore): void {
  emptyStore = make;
}

/** A fresh world; `store` is empty memory by default. */
export function world(
  options: { readonly apiVersion?: "2021-07-28" | "v3"; readonly store?: TokenStore } = {},
): World {
  let at = Date.UTC(2026, 10, 24);
  const now = (): number => at;
  const sleep = (ms: number): Promise<void> => {
    at += ms;
    return Promise.resolve();
  };
  const sandbox = createSandbox({ seed: 7, now, sleep, rateLimit: false });
  const { clientId, clientSecret, redirectUri } = sandbox.app;
  const { apiVersion = "2021-07-28", store = emptyStore(now) } = options;
  const app: HighLevelApp = { clientId, clientSecret, redirectUri, apiVersion, fetch: sandbox.fetch };
  const events: ConnectionEvent[] = [];
  const another = (more: Partial<ConnectionsOptions> = {}): Connections =>
    new Connections({ app, store, now, sleep, onEvent: (event) => events.push(event), ...more });
  const connections = another();
  return {
    sandbox,
    app,
    store,
    events,
    connections,
    another,
    now,
    pass: (ms) => {
      at += ms;
    },
    expire: () => {
      at += 86_400_000;
    },
    connect: async (target) => {
      const userType = target.locationId === undefined ? "Company" : "Location";
      const tokens = await exchangeCode(app, { code: sandbox.authorize(target), userType }, { now, sleep });
      await connections.save(target, tokens);
      sandbox.resetCounts();
      return tokens;
    },
    traffic: () => {
      const { reconnect, exchange, refresh, locationToken } = sandbox.counts;
      const counts = { reconnect, exchange, refresh, locationToken };
      return Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));
    },
  };
}
