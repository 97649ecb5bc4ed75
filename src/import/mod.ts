/**
 * Reads connections and their tokens from other systems' files, as people have them. It asks nobody and keeps nothing.
 *
 * @module
 */
export { type ImportFormat, type ImportOptions, readConnections } from "./read_connections.ts";
export type { Encoding, ImportSource } from "./lines_of.ts";
export type { Separator } from "./separated_rows.ts";
export type {
  BadRow,
  FoundConnection,
  FoundToken,
  ImportRow,
  LeftOutCode,
  LeftOutRow,
  TakenRow,
} from "./import_row.ts";
export { remarkText } from "./remark_text.ts";
export type { PlainCode, Remark, RemarkCode } from "./remarks.ts";
export { issuedAtOf, NewestTokens, tokenSetOf } from "./newest_tokens.ts";
export type { ConnectionTarget, UserType } from "../oauth/target.ts";
export type { TokenSet } from "../oauth/token_set.ts";
