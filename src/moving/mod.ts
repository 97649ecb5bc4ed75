/**
 * Connections on the move: exports, sealed, of all that a store holds, restoring them elsewhere, and sealing anew under another key. A
 * worker's `GET /export` and `POST /import` speak the same format, and so does the command line.
 *
 * @module
 */
export { type ExportOptions, exportRecords } from "./export_records.ts";
export { type RestoreOptions, restoreRecords } from "./restore_records.ts";
export type { RestoredLine } from "./restored_lines.ts";
export { type CheckedExport, checkExport } from "./check_export.ts";
export type { ExportCounts, ExportHeader } from "./export_line.ts";
export type { ExportSource } from "./lines_in.ts";
export { type ResealedRecord, type ResealOptions, resealRecords } from "./reseal_records.ts";
export type {
  PutOptions,
  RecordSummary,
  StoredRecord,
  StoreListOptions,
  StorePage,
  TokenStore,
} from "../stores/token_store.ts";
export type { ConnectionStatus } from "../stores/status.ts";
export type { ConnectionTarget } from "../oauth/target.ts";
