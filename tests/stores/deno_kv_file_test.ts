import { DenoKvStore } from "../../src/stores/deno_kv_store.ts";
import { retryWhileLocked } from "../../src/stores/retry_while_locked.ts";
import type { ContractClient, ContractStore } from "../../src/testing/mod.ts";
import { contractTests } from "./contract_tests.ts";

contractTests("DenoKvStore on a file", openFile, {
  hasVersions: true,
  hasLock: true,
  keepsNotes: true,
  isShared: true,
}, { permissions: { read: true, write: true } });

async function openFile(now: () => number): Promise<ContractStore> {
  const folder = await Deno.makeTempDir();
  const open = async (): Promise<ContractClient> => {
    const kv = await retryWhileLocked(() => Deno.openKv(`${folder}/kv.db`));
    let isOpen = true;
    const kill = (): void => {
      if (isOpen) kv.close();
      isOpen = false;
    };
    return { store: new DenoKvStore(kv, { now, leaseMs: 2_000 }), kill };
  };
  const { store, kill } = await open();
  return {
    store,
    another: open,
    close: async () => {
      await kill();
      await Deno.remove(folder, { recursive: true });
    },
  };
}
