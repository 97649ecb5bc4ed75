/**
 * What a token store of one's own is tested with: the contract that the stores of this module are held to, for whatever runs
 * tests. `./sandbox` has the HighLevel in miniature.
 *
 * @module
 */
export { storeContract } from "./store_contract.ts";
export type {
  ContractClient,
  ContractPart,
  ContractStore,
  ContractTest,
  OpenStore,
  StorePromises,
} from "./promises_of.ts";
export type {
  PutOptions,
  RecordSummary,
  StoredRecord,
  StoreListOptions,
  StorePage,
  TokenStore,
} from "../stores/token_store.ts";
export type { ConnectionStatus } from "../stores/status.ts";
