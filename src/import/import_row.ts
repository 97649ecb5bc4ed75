import type { ConnectionTarget } from "../oauth/target.ts";
import type { Remark } from "./remarks.ts";

/** A token found in somebody's data. */
export interface FoundToken {
  /** Its text. */
  readonly text: string;
  /** When it was issued, ms since the epoch; 0 where nothing tells. */
  readonly issuedAt: number;
  /** When it ends, ms since the epoch; 0 where nothing tells: taken as ended. */
  readonly expiresAt: number;
}

/** A connection found in somebody's data, with the tokens that stand there. */
export interface FoundConnection {
  /** Which connection. */
  readonly target: ConnectionTarget;
  /** Its name. */
  readonly name?: string;
  /** The agency of a location. */
  readonly companyId?: string;
  /** Its access token. */
  readonly access?: FoundToken;
  /** Its refresh token. */
  readonly refresh?: FoundToken;
  /** What the tokens may do. */
  readonly scope: readonly string[];
  /** The client id that the tokens say they were issued to. */
  readonly clientId?: string;
}

/** Why a row is left out although nothing is wrong with it. */
export type LeftOutCode =
  | "empty"
  | "comment"
  | "header"
  | "no_token"
  | "other_app"
  | "private_integration";

/** What became of one row. */
export type ImportRow = TakenRow | LeftOutRow | BadRow;

/** A row that names a connection. */
export interface TakenRow {
  /** How it ended. */
  readonly result: "taken";
  /** The line it begins at; counts from 1. */
  readonly line: number;
  /** Where in its line or object, such as `locations[2]`; empty where it is the whole. */
  readonly path: string;
  /** The connection. */
  readonly found: FoundConnection;
  /** What was odd and was put right; without secrets. */
  readonly notes: readonly Remark[];
}

/** A row without a connection, or with one that is not wanted here. */
export interface LeftOutRow {
  /** How it ended. */
  readonly result: "left_out";
  /** The line it begins at; counts from 1. */
  readonly line: number;
  /** Where in its line or object; empty where it is the whole. */
  readonly path: string;
  /** Why, for programs. */
  readonly code: LeftOutCode;
  /** Why, without secrets; {@linkcode remarkText} says it in English. */
  readonly remark: Remark;
}

/** A row that cannot be understood, or that contradicts itself. */
export interface BadRow {
  /** How it ended. */
  readonly result: "bad";
  /** The line it begins at; counts from 1. */
  readonly line: number;
  /** Where in its line or object; empty where it is the whole. */
  readonly path: string;
  /** Why, without secrets; {@linkcode remarkText} says it in English. */
  readonly remark: Remark;
}
