import { DenoKvStore } from "../../../src/stores/deno_kv_store.ts";
import { retryWhileLocked } from "../../../src/stores/retry_while_locked.ts";
import type { OpenedStore } from "./opened_store.ts";

/** A DenoKvStore in the file `at`. */
export async function open(at: string, leaseMs: number): Promise<OpenedStore> {
  const kv = await retryWhileLocked(() => Deno.openKv(at));
  return { store: new DenoKvStore(kv, { leaseMs }), close: () => kv.close() };
}
