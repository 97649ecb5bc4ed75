import assert from "node:assert/strict";
import { MemoryStore } from "../../../src/stores/memory_store.ts";
import type { StoredRecord } from "../../../src/stores/token_store.ts";
import {
  SharedNotes,
  type SharedNotesApi,
  withSharedNotes,
} from "../../../src/worker/directory/shared_notes.ts";
import { directoryDatabase } from "./directory_database.ts";

const NOW = 1_800_000_000_000;
const record: StoredRecord = { format: 1, summary: { updatedAt: NOW }, body: "{}" };

Deno.test("a note is there until it is removed or its time is over", () => {
  const notes = new SharedNotes(directoryDatabase());
  assert.equal(notes.get("app/1/reconnect", NOW), undefined);
  notes.put("app/1/reconnect", { ...record, version: "read elsewhere", dropAt: NOW + 10 });
  assert.deepEqual(notes.get("app/1/reconnect", NOW), { ...record, dropAt: NOW + 10 });
  assert.equal(notes.get("app/1/reconnect", NOW + 10), undefined);
  notes.put("app/1/reconnect", record);
  assert.deepEqual(notes.get("app/1/reconnect", NOW + 10), record);
  notes.drop("app/1/reconnect");
  assert.equal(notes.get("app/1/reconnect", NOW), undefined);
});

Deno.test("K4: notes of the app go to the directory, records of connections to the store", async () => {
  const kv = new MemoryStore();
  const notes = new SharedNotes(directoryDatabase());
  const api: SharedNotesApi = {
    note: (key) => Promise.resolve(notes.get(key, NOW)),
    putNote: (key, note) => Promise.resolve(notes.put(key, note)),
    dropNote: (key) => Promise.resolve(notes.drop(key)),
  };
  const store = withSharedNotes(kv, () => api);
  assert.equal(await store.put("app/1/reconnect", record), true);
  assert.equal(await store.put("1/location/a", record), true);
  assert.equal(await kv.get("app/1/reconnect"), undefined, "KV would deny it for a while");
  assert.deepEqual(await store.get("app/1/reconnect"), record);
  assert.equal((await store.get("1/location/a"))?.body, "{}");
  assert.equal((await store.list()).entries.length, 1);
  await store.delete("app/1/reconnect");
  await store.delete("1/location/a");
  assert.equal(await store.get("app/1/reconnect"), undefined);
  assert.equal(await store.get("1/location/a"), undefined);
});
