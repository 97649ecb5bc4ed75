/** What can be told of a row without any value. */
export type PlainCode =
  | "empty"
  | "drawn"
  | "comment"
  | "header"
  | "no_token"
  | "private_integration"
  | "zip"
  | "web_page"
  | "xml"
  | "no_text"
  | "cut_json"
  | "no_assignment"
  | "open_quote"
  | "behind_quote"
  | "shifted"
  | "nothing_known"
  | "many_ids"
  | "no_jwt"
  | "no_target"
  | "no_kind"
  | "no_owner"
  | "both_locations"
  | "agency_left_out"
  | "owner_by_token"
  | "broken_end";

/** What can be told of a row, for programs. */
export type RemarkCode =
  | PlainCode
  | "unknown_header"
  | "other_app"
  | "lost_digits"
  | "became_number"
  | "too_narrow"
  | "spreadsheet_error"
  | "masked"
  | "no_bearer"
  | "no_id"
  | "no_field"
  | "foreign_id"
  | "two_apps"
  | "two_owners"
  | "owner_not_rows"
  | "other_owner"
  | "holds_access"
  | "holds_refresh"
  | "other_pair"
  | "id_beside"
  | "agency_token"
  | "many_access"
  | "many_refresh";

/** Something that is to be told of a row. */
export interface Remark {
  /** What, for programs. */
  readonly code: RemarkCode;
  /** The values in it: names of fields, ids, counts; never a token. */
  readonly values: readonly string[];
  /** Why, where that is a remark of its own. */
  readonly because?: Remark;
}

/** What is told by `code`, with its values where it has some. */
export function remark<C extends RemarkCode>(
  code: C,
  ...values: C extends PlainCode ? [] : [string, ...string[]]
): Remark {
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
