import { killContract } from "./kill_contract.ts";
import { listContract } from "./list_contract.ts";
import { lockContract } from "./lock_contract.ts";
import type { ContractTest, OpenStore, StorePromises } from "./promises_of.ts";
import { raceContract } from "./race_contract.ts";
import { randomListContract } from "./random_list_contract.ts";
import { recordContract } from "./record_contract.ts";
import { noVersionContract, versionContract } from "./version_contract.ts";

/**
 * What a {@linkcode TokenStore} promises to its callers, as tests for whatever runs tests: what all stores do, and what this one
 * promises besides. Each test opens an empty store by `open` and lets go of it.
 *
 * @example
 * ```ts
 * import { MemoryStore } from "@reconnect/highlevel/stores/memory";
 *
 * const promises = { hasVersions: true, hasLock: true, sortsByDue: true };
 * const tests = storeContract((now) => Promise.resolve({ store: new MemoryStore({ now }) }), promises);
 * for (const { name, run } of tests) {
 *   await run().catch((error) => Promise.reject(new Error(name, { cause: error }))); // or: test(name, run)
 * }
 * ```
 */
export function storeContract(open: OpenStore, promises: StorePromises = {}): ContractTest[] {
  const { hasVersions = false, hasLock = false, isShared = false } = promises;
  return [
    ...recordContract(open, promises),
    ...listContract(open, promises),
    ...randomListContract(open, promises),
    ...hasVersions ? versionContract(open) : noVersionContract(open),
    ...hasLock ? lockContract(open, promises) : [],
    ...isShared ? [...raceContract(open), ...killContract(open, promises)] : [],
  ];
}
