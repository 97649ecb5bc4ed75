import { CloudflareKvStore } from "../../src/stores/cloudflare_kv_store.ts";
import { DenoKvStore } from "../../src/stores/deno_kv_store.ts";
import { MemoryStore } from "../../src/stores/memory_store.ts";
import { generateSealingKey, sealed } from "../../src/stores/sealed.ts";
import type { TokenStore } from "../../src/stores/token_store.ts";
import { FakeKvNamespace } from "./fake_kv_namespace.ts";
import { lockContract, type OpenStore, storeContract } from "./store_contract.ts";

// Adding a store: its file and a line here.
const STORES: Record<string, OpenStore> = {
  MemoryStore: (now) => Promise.resolve({ store: new MemoryStore({ now }) }),
  CloudflareKvStore: (now) =>
    Promise.resolve({ store: new CloudflareKvStore(new FakeKvNamespace(now), { now }) }),
  "CloudflareKvStore with a prefix": (now) =>
    Promise.resolve({
      store: new CloudflareKvStore(new FakeKvNamespace(now), { prefix: "t:", cacheTtl: 30, now }),
    }),
  DenoKvStore: openDenoKvStore,
};

for (const [name, open] of Object.entries(STORES)) {
  storeContract(name, open);
  storeContract(`sealed ${name}`, sealing(open));
}
lockContract("DenoKvStore", openDenoKvStore);
lockContract("sealed DenoKvStore", sealing(openDenoKvStore));

function sealing(open: OpenStore): OpenStore {
  return async (now) => {
    const { store, ...rest } = await open(now);
    return { store: sealed(store, { keys: [generateSealingKey()] }), ...rest };
  };
}

async function openDenoKvStore(now: () => number): Promise<{ store: TokenStore; close: () => void }> {
  const kv = await Deno.openKv(":memory:");
  return { store: new DenoKvStore(kv, { now }), close: () => kv.close() };
}
