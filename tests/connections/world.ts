// The world of these tests: a sandbox, a clock that only tests move, a store, and Connections over them.
import { Connections } from "../../src/connections/connections.ts";
import type { ConnectionsOptions } from "../../src/connections/options.ts";
import type { ConnectionEvent } from "../../src/connections/events.ts";
import type { ConnectionTarget } from "../../src/oauth/target.ts";
import type { TokenSet } from "../../src/oauth/token_set.ts";
import { tokenSetFrom } from "../../src/oauth/token_set.ts";
import {
  createSandbox,
  type Sandbox,
  type SandboxOptions,
  type SandboxTarget,
} from "../../src/sandbox/mod.ts";
import { MemoryStore } from "../../src/stores/memory_store.ts";
import type { PutOptions, StoredRecord, TokenStore } from "../../src/stores/token_store.ts";

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** A clock that stands still until a test, or a sleeper, moves it. */
export class Clock {
  /** Now, ms. */
  at = Date.UTC(2026, 10, 24);
  /** Everything that was slept, ms. */
  readonly slept: number[] = [];
  readonly now = (): number => this.at;
  readonly sleep = (ms: number, signal?: AbortSignal): Promise<void> => {
    if (signal?.aborted) return Promise.reject(signal.reason);
    this.slept.push(ms);
    this.at += ms;
    return Promise.resolve();
  };
}

/** A store whose methods can be made to fail. */
export class FaultyStore implements TokenStore {
  /** How often each method fails from now on. */
  readonly failures: Record<"get" | "put" | "delete" | "list", number> = {
    get: 0,
    put: 0,
    delete: 0,
    list: 0,
  };
  /** How often each method never answers from now on, and does nothing. */
  readonly hangs: Record<"get" | "put" | "delete" | "list", number> = { get: 0, put: 0, delete: 0, list: 0 };
  /** Calls that got through or failed, by method. */
  readonly calls: Record<"get" | "put" | "delete" | "list", number> = { get: 0, put: 0, delete: 0, list: 0 };
  /** Calls that failed. */
  failed = 0;
  readonly inner: TokenStore;

  constructor(inner: TokenStore) {
    this.inner = inner;
  }

  get(key: string): Promise<StoredRecord | undefined> {
    return this.#maybe("get") ?? this.inner.get(key);
  }

  put(key: string, record: StoredRecord, options?: PutOptions): Promise<boolean> {
    return this.#maybe("put") ?? this.inner.put(key, record, options);
  }

  delete(key: string): Promise<void> {
    return this.#maybe("delete") ?? this.inner.delete(key);
  }

  list(options?: Parameters<TokenStore["list"]>[0]): ReturnType<TokenStore["list"]> {
    return this.#maybe("list") ?? this.inner.list(options);
  }

  #maybe(method: keyof FaultyStore["failures"]): Promise<never> | undefined {
    this.calls[method]++;
    if (this.hangs[method] > 0) {
      this.hangs[method]--;
      this.failed++;
      return new Promise(() => {});
    }
    if (this.failures[method] <= 0) return undefined;
    this.failures[method]--;
    this.failed++;
    return Promise.reject(new Error(`the store's ${method} fails`));
  }
}

/** What {@linkcode world} makes. */
export interface TestWorld {
  readonly sandbox: Sandbox;
  readonly clock: Clock;
  readonly store: FaultyStore;
  readonly memory: MemoryStore;
  readonly events: ConnectionEvent[];
  readonly connections: Connections;
  /** Another process on the same store. */
  readonly another: (options?: Partial<ConnectionsOptions>) => Connections;
  /** Installs the app at `target` and saves its tokens. */
  readonly connect: (target: SandboxTarget & ConnectionTarget) => Promise<TokenSet>;
  /** Moves the clock past the life of every access token. */
  readonly expire: () => void;
  /** Connects `location` below `company`, then leaves it no way back but the agency. */
  readonly leaveOnlyAgency: (
    location: { readonly locationId: string },
    company: { readonly companyId: string },
  ) => Promise<void>;
  /** Text of all that is stored under `target`. */
  readonly stored: (target: ConnectionTarget) => Promise<string>;
}

/** A sandbox without limits, an empty store, and Connections that run on a driven clock. */
export function world(
  options: { readonly sandbox?: SandboxOptions; readonly connections?: Partial<ConnectionsOptions> } = {},
): TestWorld {
  const clock = new Clock();
  const sandbox = createSandbox({
    now: clock.now,
    sleep: clock.sleep,
    seed: 1,
    rateLimit: false,
    ...options.sandbox,
  });
  const memory = new MemoryStore({ now: clock.now });
  const store = new FaultyStore(memory);
  const events: ConnectionEvent[] = [];
  const app = { ...sandbox.app, fetch: sandbox.fetch, previousCredentials: [...sandbox.app.previous] };
  const another = (more: Partial<ConnectionsOptions> = {}): Connections =>
    new Connections({
      app,
      store,
      now: clock.now,
      sleep: clock.sleep,
      onEvent: (event) => event.type !== "store_without_lock" && events.push(event),
      coolDownMs: 0, // what follows a failure at once is the subject of most tests
      ...options.connections,
      ...more,
    });
  const connections = another();
  const connect: TestWorld["connect"] = async (target) => {
    const tokens = tokenSetFrom(
      sandbox.install(target),
      clock.now(),
      "locationId" in target && target.locationId !== undefined ? "Location" : "Company",
    );
    await connections.save(target, tokens);
    return tokens;
  };
  const expire = (): void => void (clock.at += DAY);
  return {
    sandbox,
    clock,
    store,
    memory,
    events,
    connections,
    another,
    connect,
    expire,
    leaveOnlyAgency: async (location, company) => {
      sandbox.addLocation({ ...location, ...company });
      await connect(location);
      expire();
      await connect(company);
      sandbox.loseTokens(location);
      sandbox.removeReconnect();
    },
    stored: async (target) => JSON.stringify(await memory.get(keyOf(sandbox, target))),
  };
}

/** The store's key of a target. */
export function keyOf(sandbox: Sandbox, target: ConnectionTarget): string {
  const appId = sandbox.app.clientId.split("-")[0];
  return target.locationId === undefined
    ? `${appId}/company/${target.companyId}`
    : `${appId}/location/${target.locationId}`;
}

/** Requests to the OAuth endpoints since the last reset, as `{ reconnect: 1, exchange: 1 }`. */
export function traffic(sandbox: Sandbox): Record<string, number> {
  const { reconnect, exchange, refresh, locationToken, total } = sandbox.counts;
  const counts = { reconnect, exchange, refresh, locationToken };
  const named = Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));
  const others = total - reconnect - exchange - refresh - locationToken;
  return others > 0 ? { ...named, others } : named;
}

/** A lock as processes share it. */
export function sharedLock(): <T>(key: string, run: () => Promise<T>) => Promise<T> {
  const last = new Map<string, Promise<unknown>>();
  return async (key, run) => {
    const before = last.get(key);
    const { promise, resolve } = Promise.withResolvers<void>();
    last.set(key, promise);
    await before;
    try {
      return await run();
    } finally {
      resolve();
    }
  };
}

/** Lets everything run that can run without a timer. */
export async function settled(turns = 50): Promise<void> {
  for (let i = 0; i < turns; i++) await Promise.resolve();
}
