import assert from "node:assert/strict";
import fc from "fast-check";
import { MemoryStore } from "../../src/stores/memory_store.ts";
import type { PutOptions, StoredRecord } from "../../src/stores/token_store.ts";
import { keysOfAllPages, recordOf } from "../../src/testing/promises_of.ts";

/** One record as the model has it: `id` tells writes apart, as a version does. */
interface Held {
  readonly record: StoredRecord;
  readonly id: number;
}

/** The store and what it must be like. */
class Twin {
  now = 0;
  readonly store = new MemoryStore({ now: () => this.now });
  readonly model = new Map<string, Held>();
  /** Every version that was ever seen, by the model's id of its write. */
  readonly versions: string[] = [];
  /** Fences that were given, by key. */
  readonly fences = new Map<string, number[]>();

  held(key: string): Held | undefined {
    const held = this.model.get(key);
    return held && (held.record.dropAt ?? Infinity) > this.now ? held : undefined;
  }

  /** Puts `record` in both; tells what the store answered and what it should have. */
  async put(
    key: string,
    record: StoredRecord,
    { id, fence }: { id?: number | null; fence?: number },
  ): Promise<void> {
    const fences = this.fences.get(key) ?? [];
    const options: PutOptions = {
      ...id !== undefined && { ifVersion: id === null ? null : this.versions[id] ?? "none" },
      ...fence !== undefined && { fence: fences.at(fence) ?? 99 },
    };
    const isAllowed = (id === undefined || id === (this.held(key)?.id ?? null)) &&
      (fence === undefined || fences.length > 0 && fences.at(fence) === fences.at(-1));
    assert.equal(await this.store.put(key, record, options), isAllowed);
    if (!isAllowed) return;
    const { version } = await this.store.get(key) ?? {};
    if (version === undefined) return void this.model.delete(key); // it was to be dropped at once
    assert.ok(!this.versions.includes(version));
    this.model.set(key, { record, id: this.versions.push(version) - 1 });
  }

  /** Compares everything that can be read. */
  async compare(keys: readonly string[]): Promise<void> {
    for (const key of keys) {
      const held = this.held(key);
      const expected = held && { ...held.record, version: this.versions[held.id] };
      assert.deepEqual(await this.store.get(key), expected);
    }
    const all = keys.flatMap((key) => {
      const record = this.held(key)?.record;
      return record ? [{ key, ...record.summary }] : [];
    }).sort((a, b) => a.key < b.key ? -1 : 1);
    for (const limit of [1, 2, 5]) {
      assert.deepEqual(await keysOfAllPages(this.store, { limit }), all.map(({ key }) => key));
      const due = all.filter(({ dueAt = Infinity }) => dueAt < 50).sort((a, b) =>
        (a.dueAt ?? 0) - (b.dueAt ?? 0)
      );
      assert.deepEqual(await keysOfAllPages(this.store, { limit, dueBefore: 50 }), due.map(({ key }) => key));
      const paused = all.filter(({ status }) => status === "paused").map(({ key }) => key);
      assert.deepEqual(await keysOfAllPages(this.store, { limit, status: "paused" }), paused);
    }
  }
}

const KEYS = ["a", "b", "b/1", "c"];
const KEY = fc.constantFrom(...KEYS);
const ACTION = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant("put" as const),
      key: KEY,
      dueAt: fc.oneof(fc.constant(undefined), fc.integer({ min: 0, max: 100 })),
      dropIn: fc.oneof(fc.constant(undefined), fc.integer({ min: -2, max: 20 })),
      status: fc.constantFrom("connected" as const, "paused" as const),
      // Which version: by the number of the write, the newest of the key (-1), or none at all.
      condition: fc.record({
        id: fc.oneof(fc.constantFrom(null, -1), fc.nat(20)),
        fence: fc.integer({ min: -3, max: -1 }),
      }, { requiredKeys: [] }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("delete" as const), key: KEY }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("lock" as const), key: KEY }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("wait" as const), ms: fc.nat(15) }) },
);

Deno.test("MemoryStore does what a map with numbered writes does, whatever is asked in whatever order", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(ACTION, { maxLength: 40, size: "max" }), async (actions) => {
      const twin = new Twin();
      for (const [i, action] of actions.entries()) {
        switch (action.do) {
          case "put": {
            const { key, dueAt, dropIn, status, condition: { id, ...rest } } = action;
            const summary = { status, ...dueAt !== undefined && { dueAt } };
            const record = {
              ...recordOf(`${i}`, summary),
              ...dropIn !== undefined && { dropAt: twin.now + dropIn },
            };
            const newest = twin.held(key)?.id ?? null;
            await twin.put(key, record, { ...rest, ...id !== undefined && { id: id === -1 ? newest : id } });
            break;
          }
          case "delete":
            await twin.store.delete(action.key);
            twin.model.delete(action.key);
            break;
          case "lock":
            await twin.store.lock(action.key, (fence) => {
              const fences = twin.fences.get(action.key) ?? [];
              assert.ok(fence > (fences.at(-1) ?? 0));
              twin.fences.set(action.key, [...fences, fence]);
              return Promise.resolve();
            });
            break;
          case "wait":
            twin.now += action.ms;
        }
        await twin.compare(KEYS);
      }
    }),
    { numRuns: 150 },
  );
});
