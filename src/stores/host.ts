/*
 * What the stores show to hosts of this repository beside their door. Nothing here is promised to anybody else.
 */
export { fromBase64, toBase64 } from "./base64.ts";
export { isSummary } from "./read_record.ts";
export { sealingKeyBytes } from "./sealing_key.ts";
export { STATUSES } from "./status.ts";
