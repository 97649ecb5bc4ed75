import type { RemarkTexts } from "./remark_text.ts";

/** What can be told of a row, for programs. */
export type RemarkCode =
  | "empty"
  | "drawn"
  | "comment"
  | "header"
  | "unknown_header"
  | "no_token"
  | "other_app"
  | "private_integration"
  | "zip"
  | "old_workbook"
  | "gzip"
  | "sqlite"
  | "pg_dump"
  | "pdf"
  | "web_page"
  | "xml"
  | "no_text"
  | "cut_json"
  | "no_assignment"
  | "open_quote"
  | "behind_quote"
  | "nothing_known"
  | "many_ids"
  | "lost_digits"
  | "became_number"
  | "too_narrow"
  | "spreadsheet_error"
  | "masked"
  | "no_jwt"
  | "no_bearer"
  | "no_id"
  | "no_field"
  | "foreign_id"
  | "no_target"
  | "no_kind"
  | "no_owner"
  | "two_apps"
  | "two_owners"
  | "owner_not_rows"
  | "other_owner"
  | "both_locations"
  | "holds_access"
  | "holds_refresh"
  | "other_pair"
  | "id_beside"
  | "agency_token"
  | "agency_left_out"
  | "owner_by_token"
  | "many_access"
  | "many_refresh"
  | "broken_end";

/** Those of them that have no values. */
export type PlainCode = {
  [C in RemarkCode]: Parameters<RemarkTexts[C]> extends [] ? C : never;
}[RemarkCode];

/** Something that is to be told of a row. */
export interface Remark {
  /** What, for programs. */
  readonly code: RemarkCode;
  /** The values in it: names of fields, ids, counts; never a token. */
  readonly values: readonly string[];
  /** Why, where that is a remark of its own. */
  readonly because?: Remark;
}

/** What is told by `code` and its values. */
export function remark<C extends RemarkCode>(code: C, ...values: Parameters<RemarkTexts[C]>): Remark {
  return { code, values };
}

/** A row is bad, as `remark` tells. */
export class BadRowError extends Error {
  /** What is wrong. */
  readonly remark: Remark;

  constructor(remark: Remark) {
    super();
    this.remark = remark;
  }
}
