import type { TokenStore } from "../../../src/stores/token_store.ts";

/** A store that a process has opened. */
export interface OpenedStore {
  readonly store: TokenStore & Required<Pick<TokenStore, "lock">>;
  close(): unknown;
}
