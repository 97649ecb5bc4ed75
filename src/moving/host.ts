/*
 * What the moving of connections shows to hosts of this repository beside its door. Nothing here is promised to anybody else.
 */
export { ExportKeys } from "./export_keys.ts";
export { ExportWriter } from "./export_writer.ts";
export { type MovedRecord, movedRecord } from "./moved_record.ts";
export { readExport } from "./read_export.ts";
export { firstKeyId, resealRecord } from "./reseal_records.ts";
export { restoreRecord } from "./restore_record.ts";
export { restoredLines } from "./restored_lines.ts";
export type { RestoreVerdict } from "./restore_rule.ts";
