import type { StoredRecord, StoreListOptions, StorePage, TokenStore } from "../stores/token_store.ts";
import { ok } from "./expect.ts";

/** What a promise is about. */
export type ContractPart = "records" | "lists" | "versions" | "lock" | "races" | "deaths";

/** One promise of a store as a test, for whatever runs tests. */
export interface ContractTest {
  /** What it is about. */
  readonly part: ContractPart;
  /** The promise, as a sentence. */
  readonly name: string;
  /** Tries it; rejects where it is broken. */
  run(): Promise<void>;
}

/** A store as the contract tries it. */
export interface ContractStore {
  /** An empty store. */
  readonly store: TokenStore;
  /**
   * Opens one more client of the same data, as another process has it. Needed where `isShared` is promised.
   */
  another?(): Promise<ContractClient>;
  /** Lets go of it, and of its data. */
  close?(): Promise<void> | void;
}

/** One more client of the same data. */
export interface ContractClient {
  /** The store as that process sees it. */
  readonly store: TokenStore;
  /** Cuts it off from its data without a goodbye, as the death of its process does. Called twice it does nothing more. */
  kill(): Promise<void> | void;
}

/**
 * Makes an empty store that tells the time by `now` wherever `dropAt` is meant. Its leases should be short, some
 * seconds: the contract waits for their end.
 */
export type OpenStore = (now: () => number) => Promise<ContractStore>;

/** What a store promises beyond what all do. */
export interface StorePromises {
  /**
   * It compares versions before it writes.
   * @default {false}
   */
  readonly hasVersions?: boolean;
  /**
   * It brings a lock that hands out fences, and refuses older ones.
   * @default {false}
   */
  readonly hasLock?: boolean;
  /**
   * It lists what is due in the order of `dueAt`.
   * @default {false}
   */
  readonly sortsByDue?: boolean;
  /**
   * It is durable, and can be trusted with a note.
   * @default {false}
   */
  readonly keepsNotes?: boolean;
  /**
   * Several processes may share its data: it has versions and a lock, and they hold in races and when a process dies.
   * @default {false}
   */
  readonly isShared?: boolean;
}

/** Tries one promise of an empty store. */
export type Check = (store: TokenStore, clock: { now: number }, opened: ContractStore) => Promise<void>;

/** When every test begins, ms since the epoch. */
export const START: number = Date.UTC(2026, 10, 24);

/** A list of tests of one store, each with an empty one and a clock that stands still, and how to add one. */
export function promisesOf(
  part: ContractPart,
  open: OpenStore,
): { readonly tests: ContractTest[]; readonly promise: (name: string, check: Check) => void } {
  const tests: ContractTest[] = [];
  const promise = (name: string, check: Check): void => {
    const run = async (): Promise<void> => {
      const clock = { now: START };
      const opened = await open(() => clock.now);
      try {
        await check(opened.store, clock, opened);
      } finally {
        await opened.close?.();
      }
    };
    tests.push({ part, name, run });
  };
  return { tests, promise };
}

/** A small record. */
export function recordOf(body: string, summary: Partial<StoredRecord["summary"]> = {}): StoredRecord {
  return { format: 1, summary: { status: "connected", updatedAt: 1, ...summary }, body };
}

/** What a store that has versions put on `record`, apart. */
export function unversioned(record: StoredRecord | undefined): StoredRecord | undefined {
  if (!record) return undefined;
  const { version: _, ...rest } = record;
  return rest;
}

/** The version under `key`. */
export async function versionOf(store: TokenStore, key: string): Promise<string> {
  const version = (await store.get(key))?.version;
  ok(version !== undefined && version !== "", "a record that was read has a version");
  return version;
}

/** Runs `run` in the lock of `key`, with its fence. */
export function locked<T>(store: TokenStore, key: string, run: (fence: number) => Promise<T>): Promise<T> {
  ok(store.lock !== undefined, "the store has a lock");
  return store.lock(key, (fence) => {
    ok(fence !== undefined, "the lock gives a fence");
    return run(fence);
  });
}

/** The lock of `key`, held until `leave` is called. */
export async function heldLock(
  store: TokenStore,
  key: string,
): Promise<{ readonly holding: Promise<void>; readonly fence: number; readonly leave: () => void }> {
  const inside = Promise.withResolvers<number>();
  const left = Promise.withResolvers<void>();
  const holding = locked(store, key, (fence) => {
    inside.resolve(fence);
    return left.promise;
  });
  holding.catch(inside.reject);
  return { holding, fence: await inside.promise, leave: left.resolve };
}

/** The keys of one page. */
export function keysOf(page: StorePage): string[] {
  return page.entries.map(({ key }) => key);
}

/** The keys of all pages, in order; `onPage` sees each page before the next is asked for. */
export async function keysOfAllPages(
  store: TokenStore,
  options: StoreListOptions = {},
  onPage: (page: StorePage) => Promise<unknown> | void = () => {},
): Promise<string[]> {
  const keys: string[] = [];
  let cursor: string | undefined;
  let pages = 0;
  do {
    ok(++pages <= 1_000, "the pages come to an end");
    const page = await store.list({ ...options, ...cursor !== undefined && { cursor } });
    ok(page.entries.length <= (options.limit ?? 100), "no page is longer than its limit");
    keys.push(...keysOf(page));
    await onPage(page);
    cursor = page.cursor;
  } while (cursor !== undefined);
  return keys;
}
