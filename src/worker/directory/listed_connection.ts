import { defined, moment } from "../../oauth/host.ts";
import type { ConnectionTarget } from "../../oauth/mod.ts";
import type { ConnectionStatus } from "../../stores/mod.ts";
import type { DirectoryPage, ListedRow, ReturnedBy } from "./directory_api.ts";

/** A connection as lists show it. Carries no token, and no time of one: the connection itself tells those. */
export interface ListedConnection {
  /** Which connection. */
  readonly target: ConnectionTarget;
  /** Where it stands. */
  readonly status: ConnectionStatus;
  /** Since when. */
  readonly since: Date;
  /** A name for people, where one is known. */
  readonly name?: string;
  /** The agency of a location, where it is known. */
  readonly companyId?: string;
  /** The installed version of the app, where it is known. */
  readonly versionId?: string;
  /** Whether its agency sells under a white label, where that is known. */
  readonly isWhiteLabel?: boolean;
  /** Whether its name was given by hand or with an import; absent where nobody knows. */
  readonly isNameGiven?: boolean;
  /** Why it is not connected: an error's code, and after a slash its reason. */
  readonly cause?: string;
  /** HighLevel's trace id of that trouble. */
  readonly traceId?: string;
  /** When a link of it was last made for somebody. */
  readonly linkMadeAt?: Date;
  /** When somebody last went on from a link of it to HighLevel. */
  readonly linkOpenedAt?: Date;
  /** When it last got tokens in another way than by a plain refresh. */
  readonly returnedAt?: Date;
  /** Who brought them: a person, its agency, or nobody. */
  readonly returnedBy?: ReturnedBy;
  /** When something of this last changed. */
  readonly updatedAt: Date;
}

/** One page of connections. */
export interface ListedConnectionPage {
  /** The connections. */
  readonly connections: readonly ListedConnection[];
  /** How many are meant on all pages, exactly. */
  readonly total: number;
  /** Asks for the next page; absent on the last one. */
  readonly cursor?: string;
  /** Asks for the page before this one; absent on the first one. */
  readonly previous?: string;
  /** `false` while the directory is being built anew: connections may be missing. */
  readonly isComplete: boolean;
}

/** The page as lists show it. */
export function listedPage(
  { rows, total, cursor, previous, isComplete }: DirectoryPage,
): ListedConnectionPage {
  return defined({ connections: rows.map(listedConnection), total, cursor, previous, isComplete });
}

function listedConnection(
  { kind, id, since, updatedAt, linkMadeAt, linkOpenedAt, returnedAt, ...rest }: ListedRow,
): ListedConnection {
  return defined({
    target: kind === "company" ? { companyId: id } : { locationId: id },
    ...rest,
    since: new Date(since),
    linkMadeAt: moment(linkMadeAt),
    linkOpenedAt: moment(linkOpenedAt),
    returnedAt: moment(returnedAt),
    updatedAt: new Date(updatedAt),
  });
}
