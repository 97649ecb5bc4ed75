import type { UserType } from "../oauth/target.ts";
import type { Remark } from "./remarks.ts";

/** A token that stands somewhere, unread. */
export interface TokenField {
  /** The name it stands under, as written; empty where it has none. */
  readonly name: string;
  /** What that name says it is. */
  readonly says?: "access" | "refresh";
  /** Its text. */
  readonly text: string;
}

/** What is said of whom tokens are for, and until when. */
export interface Stated {
  /** A location's id. */
  readonly locationId?: unknown;
  /** A company's id: its own, or that of the agency of a location. */
  readonly companyId?: unknown;
  /** The id of either; `kind` says of which. */
  readonly resourceId?: unknown;
  /** An id that does not say of what. */
  readonly id?: unknown;
  /** Several ids stand there, and nothing says which of them is the location's. */
  readonly unclear?: true;
  /** Which of both it is. */
  readonly kind?: UserType;
  /** The app's id, or a client id, wherever one is told. Ids of other makers' apps, as of Google's, are not among them. */
  readonly apps?: readonly string[];
  /** The location's or company's name. */
  readonly name?: string;
  /** What the tokens may do. */
  readonly scope?: readonly string[];
  /** When the access token ends, as written. */
  readonly end?: unknown;
  /** When it was issued, as written. */
  readonly issued?: unknown;
  /** How long it lives from then, seconds, as written. */
  readonly life?: unknown;
}

/** What stands together in a file and may be a connection: nothing in it is checked yet. */
export interface Candidate {
  /** Where in its row, such as `locations[2].tokens`; empty where it is the row. */
  readonly path: string;
  /** Its tokens; none where only ids stand there. */
  readonly tokens: readonly TokenField[];
  /** What it says itself. */
  readonly own: Stated;
  /** What it says or what stands around it says. */
  readonly stated: Stated;
  /** What is to be told of it whatever it is. */
  readonly notes?: readonly Remark[];
}

/** `Location` or `Company` in people's words; `undefined` for any other. */
export function userTypeIn(value: unknown): UserType | undefined {
  if (typeof value !== "string") return undefined;
  const word = value.toLowerCase().replace(/[^a-z]/g, "");
  if (/^(location|subaccount)s?$/.test(word)) return "Location";
  return /^(company|companies|agency|agencies)$/.test(word) ? "Company" : undefined;
}
