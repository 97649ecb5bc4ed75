import type { PlainCode, Remark, RemarkCode } from "./remarks.ts";

/** What can be told of a row, by its code; where values belong in it, they are given in this order. */
export const REMARK_TEXTS = {
  empty: () => "it is empty",
  drawn: () => "it is a line between rows",
  comment: () => "it is a comment",
  header: () => "it is a header",
  unknown_header: (words: string) => `it names no column of ids or tokens: ${words}`,
  no_token: () => "it has neither access_token nor refresh_token",
  other_app: (app: string) => `its tokens are of another app, ${app}`,
  private_integration: () =>
    "it is the token of a private integration (pit-…): that belongs to no app and cannot be refreshed",

  zip: () => "it is a ZIP file or an Excel workbook: unpack it, or save the sheet as CSV",
  web_page: () => "it is a web page, as of a failed download, and no data",
  xml: () => "it is XML: export it as CSV or JSON",
  no_text: () => "it is no text, but packed, a database or an old workbook: export it as CSV or JSON",

  cut_json: () => "it is cut, or no JSON",
  no_assignment: () => "it is no NAME=value",
  open_quote: () => "it opens a quote and does not close it",
  behind_quote: () => "it has text behind a closing quote",
  shifted: () =>
    "it has more cells than its header, and no id where its header says: a cell with a separator in it needs quotes",
  nothing_known: () => "it holds no id and no token, and no header says what its cells are",
  many_ids: () => "it has more than one id, and no header says which is the location's",

  lost_digits: (field: string) => `${field} is broken: it became a number, and lost digits by that`,
  became_number: (field: string) =>
    `${field} is broken: a spreadsheet made a number of it: give the column the format Text and export again`,
  too_narrow: (field: string) =>
    `${field} is broken: a spreadsheet wrote ### for what its column was too narrow for`,
  spreadsheet_error: (field: string) => `${field} is broken: a spreadsheet wrote an error in its place`,
  masked: (field: string) => `${field} is masked: export it with its real value`,
  no_jwt: () => "it is no JWT",
  no_bearer: (field: string) => `${field} must be a string without spaces or line ends`,
  no_id: (field: string) => `${field} must be 1 to 128 characters of A-Za-z0-9_-`,
  no_field: (field: string) => `it has no ${field}`,
  foreign_id: (id: string) => `its id ${id} is no id of HighLevel's`,

  no_target: () => "it has neither a locationId nor a companyId",
  no_kind: () => "it does not tell whether resourceId is a location's or a company's: it has no userType",
  no_owner: () => "it does not tell whose tokens these are: no userType, locationId or companyId",
  two_apps: (row: string, token: string) =>
    `its row says that it belongs to the app ${row}, and its token to ${token}`,
  two_owners: (field: string, owner: string, other: string, othersOwner: string) =>
    `${field} says that it belongs to ${owner}, and ${other} to ${othersOwner}`,
  owner_not_rows: (field: string, owner: string, row: string) =>
    `${field} says that it belongs to ${owner}, and its row to ${row}`,
  other_owner: (field: string) => `${field} says that it belongs to another`,

  both_locations: () =>
    "both ids of its line are taken as locations: without a header nothing says that one is the other's agency",
  holds_access: (field: string) => `${field} holds an access token`,
  holds_refresh: (field: string) => `${field} holds a refresh token`,
  other_pair: (pair: string) =>
    `it was issued to another key pair of the app, ${pair}: only that pair can refresh it`,
  id_beside: (id: string, owner: string) => `it has the id ${id}, and its token is of ${owner}: that counts`,
  agency_token: (id: string) =>
    `its token is the agency's (Company ${id}), not that of the location beside it`,
  agency_left_out: () => "its agency is left out",
  owner_by_token: () => "its token says whose it is",
  many_access: (count: string) => `it has ${count} access tokens: the one issued last is taken`,
  many_refresh: (count: string) => `it has ${count} refresh tokens: the one issued last is taken`,
  broken_end: () => "when it ends was broken by a spreadsheet, and is not believed",
} satisfies Readonly<
  & Record<PlainCode, () => string>
  & Record<RemarkCode, (...values: string[]) => string>
>;

/**
 * What `remark` says, in English.
 *
 * @example
 * ```ts
 * import { readConnections, remarkText } from "@reconnect/highlevel/import";
 *
 * for await (const row of readConnections("GHL_ACCESS_TOKEN=an-opaque-token", { need: "tokens" })) {
 *   if (row.result === "bad") console.log(remarkText(row.remark));
 * }
 * ```
 */
export function remarkText({ code, values, because }: Remark): string {
  const say: (...values: string[]) => string = REMARK_TEXTS[code];
  return say(...values) + (because ? `: ${remarkText(because)}` : "");
}
