import type { TokenStore } from "../../src/stores/token_store.ts";
import { generateSealingKey, sealed } from "../../src/stores/sealed.ts";
import { type OpenStore, storeContract, type StorePromises } from "../../src/testing/mod.ts";

/** How {@linkcode contractTests} runs them. */
export interface ContractTestOptions {
  /** Tests are skipped, and say so. */
  readonly ignore?: boolean;
  /** What they may do. By default what the file may. */
  readonly permissions?: Deno.PermissionOptions;
  /**
   * Tries the store once more with sealed records.
   * @default {true}
   */
  readonly isSealedToo?: boolean;
}

/** The contract of a store as tests of Deno, each named after the store. */
export function contractTests(
  name: string,
  open: OpenStore,
  promises: StorePromises = {},
  { isSealedToo = true, ...options }: ContractTestOptions = {},
): void {
  for (const test of storeContract(open, promises)) Deno.test(`${name}: ${test.name}`, options, test.run);
  if (isSealedToo) {
    contractTests(`sealed ${name}`, sealing(open), promises, { ...options, isSealedToo: false });
  }
}

/** The same store, with the bodies of its records sealed. */
function sealing(open: OpenStore): OpenStore {
  const keys = [generateSealingKey()];
  const seal = (store: TokenStore): TokenStore => sealed(store, { keys });
  return async (now) => {
    const { store, another, ...rest } = await open(now);
    return {
      ...rest,
      store: seal(store),
      ...another && {
        another: async () => {
          const { store, kill } = await another();
          return { store: seal(store), kill };
        },
      },
    };
  };
}
