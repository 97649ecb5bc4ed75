import assert from "node:assert/strict";
import { Connections } from "../../src/connections/connections.ts";
import { createSandbox, type Sandbox } from "../../src/sandbox/mod.ts";
import { MemoryStore } from "../../src/stores/memory_store.ts";
import type { TokenStore } from "../../src/stores/token_store.ts";
import { exportRecords } from "../../src/moving/mod.ts";
import { appIdOf } from "../../src/oauth/highlevel_app.ts";
import { tokenSetFrom } from "../../src/oauth/token_set.ts";

/** Keys of exports, for tests. */
export const [KEY, OTHER_KEY] = [0x4d, 0x5a].map((byte) => new Uint8Array(32).fill(byte).toBase64());

/** A store with connections of every status, and HighLevel behind it. */
export interface MovedWorld {
  readonly sandbox: Sandbox;
  readonly appId: string;
  readonly store: TokenStore;
  readonly connections: Connections;
  readonly locationIds: readonly string[];
  /** What exporting takes. */
  readonly options: { readonly appId: string; readonly keys: readonly string[] };
  /** The core over another store of the same app. */
  readonly over: (store: TokenStore) => Connections;
}

/** An agency with `count` locations that are connected, one location that was forgotten, and one that is lost. */
export async function movedWorld(count = 3, store: TokenStore = new MemoryStore()): Promise<MovedWorld> {
  const sandbox = createSandbox({ seed: 5, rateLimit: false });
  const appId = appIdOf({ clientId: sandbox.app.clientId, clientSecret: "" });
  const over = (store: TokenStore): Connections =>
    new Connections({ app: { ...sandbox.app, fetch: sandbox.fetch }, store });
  const connections = over(store);
  const { companyId } = sandbox.addCompany();
  const save = async (target: { locationId: string } | { companyId: string }): Promise<void> => {
    const answer = sandbox.install(target);
    const tokens = tokenSetFrom(answer, Date.now(), "locationId" in target ? "Location" : "Company");
    const name = "locationId" in target ? `Café ${target.locationId}` : "An agency";
    await connections.save(target, tokens, { name, ..."locationId" in target && { companyId } });
  };
  await save({ companyId });
  const locationIds = [];
  for (let index = 0; index < count; index++) {
    const { locationId } = sandbox.addLocation({ companyId });
    await save({ locationId });
    locationIds.push(locationId);
  }
  const [forgotten, lost] = [sandbox.addLocation({ companyId }), sandbox.addLocation({ companyId })];
  for (const target of [forgotten, lost]) await save(target);
  await connections.forget(forgotten);
  sandbox.uninstall(lost);
  await connections.recover(lost);
  sandbox.resetCounts();
  return { sandbox, appId, store, connections, locationIds, options: { appId, keys: [KEY ?? ""] }, over };
}

/** The lines of an export of `store`. */
export async function exported(
  store: TokenStore,
  options: Parameters<typeof exportRecords>[1],
): Promise<string[]> {
  return (await Array.fromAsync(exportRecords(store, options))).map((line) => line.replace(/\n$/, ""));
}

/** Every record of a store, by its key, without versions. */
export async function recordsIn(store: TokenStore, prefix: string): Promise<Record<string, unknown>> {
  const { entries, cursor } = await store.list({ prefix, limit: 1_000 });
  assert.equal(cursor, undefined);
  const records: [string, unknown][] = [];
  for (const { key } of entries) {
    const { version: _, ...record } = await store.get(key) ?? {};
    records.push([key, record]);
  }
  return Object.fromEntries(records);
}
