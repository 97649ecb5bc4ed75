import assert from "node:assert/strict";
import type { StoredRecord, StoreListOptions, StorePage, TokenStore } from "../../src/stores/token_store.ts";

/** Makes an empty store that tells the time by `now`. */
export type OpenStore = (now: () => number) => Promise<{ store: TokenStore; close?: () => void }>;

/** What a store promises beyond what all do. */
export interface StorePromises {
  /** It compares versions before it writes. */
  readonly hasVersions?: boolean;
  /** It brings a lock that hands out fences, and refuses older ones. */
  readonly hasLock?: boolean;
  /** It lists what is due in the order of `dueAt`. */
  readonly sortsByDue?: boolean;
  /** It is durable, and can be trusted with a note. */
  readonly keepsNotes?: boolean;
}

/** One promise's test. */
export type Check = (store: TokenStore, clock: { now: number }) => Promise<void>;

/** When every test begins, ms. */
export const START = Date.UTC(2026, 10, 24);

/** Makes tests of one store, each with an empty one and a clock that stands still. */
export function promisesOf(name: string, open: OpenStore): (sentence: string, check: Check) => void {
  return (sentence, check) =>
    Deno.test(`${name}: ${sentence}`, async () => {
      const clock = { now: START };
      const { store, close } = await open(() => clock.now);
      try {
        await check(store, clock);
      } finally {
        close?.();
      }
    });
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
  assert.ok(version, "a record that was read has a version");
  return version;
}

/** Runs `run` in the lock of `key`, with its fence. */
export function locked<T>(store: TokenStore, key: string, run: (fence: number) => Promise<T>): Promise<T> {
  assert.ok(store.lock, "the store has a lock");
  return store.lock(key, (fence) => {
    assert.ok(fence !== undefined, "the lock gives a fence");
    return run(fence);
  });
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
    assert.ok(++pages <= 1_000, "the pages come to an end");
    const page = await store.list({ ...options, ...cursor !== undefined && { cursor } });
    assert.ok(page.entries.length <= (options.limit ?? 100));
    keys.push(...keysOf(page));
    await onPage(page);
    cursor = page.cursor;
  } while (cursor !== undefined);
  return keys;
}
