import assert from "node:assert/strict";
import { exportRecords, restoreRecords } from "../../src/moving/mod.ts";
import type { StoredRecord, TokenStore } from "../../src/stores/token_store.ts";
import { KEY } from "./moved_world.ts";

const OPTIONS = { appId: "app", keys: [KEY ?? ""] };
/** What may be held between the store read and the store written: a page of the one, and what the other takes at once. */
const MOST_HELD = 150;

/** Moves `count` connections from one store to another, with a page of them in memory at most. */
export async function moveMany(count: number): Promise<void> {
  const idOf = (index: number): string => `id${`${index}`.padStart(9, "0")}`;
  let [read, written, most] = [0, 0, 0];
  const body = (id: string): string =>
    JSON.stringify({ version: 1, target: { locationId: id }, status: "broken", updatedAt: 1 });
  const summary = { status: "broken", updatedAt: 1 } as const;
  const source: TokenStore = {
    get: (key) => {
      most = Math.max(most, ++read - written);
      return Promise.resolve({ format: 1, summary, body: body(key.split("/")[2] ?? "") });
    },
    list: ({ limit = 100, cursor = "0" } = {}) => {
      const from = Number(cursor);
      const to = Math.min(count, from + limit);
      const entries = Array.from({ length: to - from }, (_, index) => ({
        key: `app/location/${idOf(from + index)}`,
        summary,
      }));
      return Promise.resolve({ entries, ...to < count && { cursor: `${to}` } });
    },
    put: () => Promise.reject(new Error("nobody writes here")),
    delete: () => Promise.reject(new Error("nobody writes here")),
  };
  let last: StoredRecord | undefined; // opened side by side, it need not be the last one written
  const target: TokenStore = {
    ...source,
    get: () => Promise.resolve(undefined),
    put: (key, record) => {
      written++;
      if (key.endsWith(idOf(count - 1))) last = record;
      return Promise.resolve(true);
    },
  };
  let taken = 0;
  for await (const { result } of restoreRecords(target, exportRecords(source, OPTIONS), OPTIONS)) {
    if (result === "taken") taken++;
  }
  assert.deepEqual([read, written, taken], [count, count, count]);
  assert.equal(last?.body, body(idOf(count - 1)));
  assert.ok(most <= MOST_HELD, `${most} were held`);
}
