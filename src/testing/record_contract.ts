import type { StoredRecord } from "../stores/token_store.ts";
import { equal } from "./expect.ts";
import {
  type ContractTest,
  keysOf,
  type OpenStore,
  promisesOf,
  recordOf,
  START,
  type StorePromises,
  unversioned,
} from "./promises_of.ts";

/** What every store promises: what is put is read, until it is deleted or dropped. */
export function recordContract(
  open: OpenStore,
  { hasLock = false, keepsNotes = false }: StorePromises,
): ContractTest[] {
  const { tests, promise } = promisesOf("records", open);

  promise("it has a lock, and keeps notes, only where that is promised", (store) => {
    equal(store.lock !== undefined, hasLock);
    equal(store.keepsNotes ?? false, keepsNotes);
    return Promise.resolve();
  });

  promise("a key never written has no record, and deleting it does nothing", async (store) => {
    await store.delete("app/location/none");
    equal(await store.get("app/location/none"), undefined);
    equal(await store.list(), { entries: [] });
  });

  promise("a record comes back as it was put, but for its version", async (store) => {
    const record: StoredRecord = {
      format: 1,
      summary: {
        status: "paused",
        updatedAt: START,
        expiresAt: START + 1,
        refreshTokenIssuedAt: START - 1,
        dueAt: START + 2,
        spendingSince: START + 3,
        companyId: "ve9EPM428h8vShlRW1KT",
        name: "Café 서울 🦉",
      },
      body: JSON.stringify({ text: 'é 漢字 "quoted" \n \u0000', size: "x".repeat(5000) }),
      dropAt: START + 120_000,
    };
    equal(await store.put("app/location/a", record), true);
    equal(unversioned(await store.get("app/location/a")), record);
    equal((await store.list()).entries, [{ key: "app/location/a", summary: record.summary }]);
  });

  promise("a record that is no connection has no status", async (store) => {
    const record: StoredRecord = { format: 1, summary: { updatedAt: START }, body: "" };
    await store.put("webhook/a", record);
    equal(unversioned(await store.get("webhook/a")), record);
  });

  promise("the last put wins, and each says that it was written", async (store) => {
    equal(await store.put("k", recordOf("first")), true);
    equal(await store.put("k", recordOf("second")), true);
    equal((await store.get("k"))?.body, "second");
    equal((await store.list()).entries.length, 1);
  });

  promise("what a caller does with the object that it put changes nothing", async (store) => {
    const summary = { status: "connected" as const, updatedAt: 1, name: "before" };
    const record = { format: 1 as const, summary, body: "before" };
    await store.put("k", record);
    record.body = summary.name = "after";
    equal((await store.get("k"))?.body, "before");
    equal((await store.get("k"))?.summary.name, "before");
  });

  promise("what a caller does with the record that it read changes nothing", async (store) => {
    await store.put("k", recordOf("before", { name: "before" }));
    const read = await store.get("k");
    // A store may freeze what it gives: then nothing is set here.
    if (read) {
      for (const part of [read, read.summary]) {
        for (const field of Object.keys(part)) Reflect.set(part, field, "x");
      }
    }
    equal(unversioned(await store.get("k")), recordOf("before", { name: "before" }));
  });

  promise("keys are compared as a whole, however long and alike they are", async (store) => {
    const long = `0123456789abcdef01234567/location/${"x".repeat(127)}`;
    const keys = [`${long}A`, `${long}a`, `${long}b`, long.slice(0, 34), long.slice(0, 100)];
    for (const [i, key] of keys.entries()) await store.put(key, recordOf(`${i}`));
    for (const [i, key] of keys.entries()) equal((await store.get(key))?.body, `${i}`, key);
    await store.delete(keys[3] ?? "");
    await store.delete(keys[1] ?? "");
    equal(keysOf(await store.list()), [keys[4], keys[0], keys[2]]);
  });

  promise("a deleted record is gone from get and list, and can be put again", async (store) => {
    await store.put("a", recordOf("1"));
    await store.put("b", recordOf("2"));
    await store.delete("a");
    equal(await store.get("a"), undefined);
    equal(keysOf(await store.list()), ["b"]);
    await store.put("a", recordOf("3"));
    equal(keysOf(await store.list()), ["a", "b"]);
  });

  promise("a record is not read after its dropAt, and without one it stays", async (store, clock) => {
    await store.put("short", { ...recordOf("1"), dropAt: START + 1000 });
    await store.put("long", recordOf("2"));
    clock.now = START + 999;
    equal((await store.get("short"))?.body, "1");
    clock.now = START + 1000;
    equal(await store.get("short"), undefined);
    clock.now = START + 10 * 365 * 86_400_000;
    equal((await store.get("long"))?.body, "2");
  });

  promise("a put without dropAt lets a record stay that was to be dropped", async (store, clock) => {
    await store.put("k", { ...recordOf("1"), dropAt: START + 60_000 });
    await store.put("k", recordOf("2"));
    clock.now = START + 86_400_000;
    equal((await store.get("k"))?.body, "2");
  });

  promise("a record whose dropAt is already over can be put", async (store) => {
    await store.put("k", { ...recordOf("1"), dropAt: START - 1 });
    equal(await store.get("k"), undefined);
  });
  return tests;
}
