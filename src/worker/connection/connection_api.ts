import type { Connection, ConnectionDetails, RecoveryAttempt, TokenState } from "../../connections/mod.ts";
import type { RestoreVerdict } from "../../moving/host.ts";
import type { TokenAnswer, TokenSet } from "../../oauth/mod.ts";
import type { StoredRecord } from "../../stores/mod.ts";
import type { Belongings } from "./first_edition.ts";
import type { MovedFacts } from "./moved_facts.ts";
import type { SuspensionOrder } from "./suspend_connection.ts";
import type { Suspension } from "./suspension.ts";
import type { InstallationDetails } from "../customer/reauthorization_link.ts";
import type { ReturnedBy } from "../directory/directory_api.ts";
import type { PlainRecovery, Result } from "../durable/plain_result.ts";

/** A token as an object hands it out. */
export interface HandedToken {
  /** The access token. */
  readonly accessToken: string;
  /** How to send it. */
  readonly tokenType: string;
  /** When it ends, ms. */
  readonly expiresAt: number;
  /** What it may do. */
  readonly scope: readonly string[];
  /** Whether it was issued seconds ago. */
  readonly isYoung: boolean;
  /** Where it is the one that the caller says is refused: when to say so again, ms. It was replaced just before. */
  readonly retryAfterMs?: number;
}

/** One line of a connection's history. Carries no token. */
export interface HistoryEntry {
  /** What happened: an event of `Connections`, or `saved`, `installed`, `uninstalled`, `forgotten`, `suspended`, `suspension_ended`. */
  readonly type: string;
  /** When, ms. */
  readonly at: number;
  /** The way that worked. */
  readonly by?: string;
  /** HighLevel's trace id. */
  readonly traceId?: string;
  /** How long it took, ms. */
  readonly ms?: number;
  /** Why it did not work. */
  readonly code?: string;
  /** In words. */
  readonly message?: string;
  /** Who did it, where somebody did: the name or role of a key, or `host`. */
  readonly actor?: string;
  /** The ways that a recovery tried, in order. */
  readonly attempts?: readonly RecoveryAttempt[];
}

/** A connection with its history, as `GET /connections/{kind}/{id}` shows it. */
export interface DescribedConnection {
  /** What is known; absent where nothing is, or after it was forgotten. */
  readonly connection?: Connection;
  /** The last 50 events, newest first. */
  readonly history: readonly HistoryEntry[];
  /** When the object refreshes or heals the connection by itself next, ms. */
  readonly nextAt?: number;
  /** What is known for its link, also where there is no connection yet or any more. */
  readonly installation: InstallationDetails;
  /** Whether an installation was told of that has no tokens yet. */
  readonly isAwaited: boolean;
  /** Whether it was held here and is forgotten: else, where there is no connection, it never was. */
  readonly isForgotten: boolean;
  /** What became of its links, and of the connection. */
  readonly links: LinkFacts;
  /** That a person suspended it; also of one that was uninstalled since. */
  readonly suspended?: DescribedSuspension;
  /** Since when it stands where it stands, ms; absent where nobody knows. */
  readonly since?: number;
}

/** What saving came to. */
export interface SavedConnection {
  /** It is stored. */
  readonly saved: true;
  /** That the connection is suspended, and stays so. */
  readonly isSuspended?: true;
}

/** A suspension, and what it may come to. */
export interface DescribedSuspension extends Suspension {
  /** When the refresh token that is held ends unused, ms; absent where none is held that may work. */
  readonly refreshTokenEndsAt?: number;
}

/** What a connection's object knows of its links. Moments in ms. */
export interface LinkFacts {
  /** Links that were made before that are no good any more. */
  readonly revokedAt?: number;
  /** When somebody last went on from one to HighLevel. */
  readonly openedAt?: number;
  /** When tokens last came in another way than by a plain refresh. */
  readonly returnedAt?: number;
  /** Who brought them. */
  readonly returnedBy?: ReturnedBy;
}

/** An INSTALL or UNINSTALL webhook as an object takes it. */
export interface Delivery {
  /** Names the delivery; a repeat has the same. */
  readonly webhookId: string;
  /** What happened. */
  readonly type: "INSTALL" | "UNINSTALL";
  /** When HighLevel sent it, ms. */
  readonly at: number;
  /** What it tells of the connection. */
  readonly details: ConnectionDetails;
}

/** An agency's UNINSTALL as its locations hear of it. It is about those that were not installed again since, nor moved away. */
export interface AgencyUninstall {
  /** The agency. */
  readonly companyId: string;
  /** When it was uninstalled, ms. */
  readonly at: number;
}

/** Part of a bulk recovery. */
export interface BulkOrder {
  /** When the bulk recovery was asked for, ms: tokens younger than this are what was wanted. */
  readonly since: number;
  /** Whether it may bring back what was forgotten before that. */
  readonly revives: boolean;
  /** Whether it leaves alone what has tokens that can be used, however old. */
  readonly sparesHealthy?: boolean;
}

/** A connection as it is moved to another worker, opened: it travels between objects of one account only. */
export interface ExportedConnection {
  /** The record as a store has it. */
  readonly record: StoredRecord;
  /** What is known of the connection besides. */
  readonly facts: MovedFacts;
}

/** What an object erased, by what it was, and what remains of it. No personal data. */
export interface ErasedConnection {
  /** What this object held: rows. */
  readonly object: Readonly<Record<"tokens" | "history" | "facts" | "webhooks" | "locations", number>>;
  /** What its agency's object held of it: rows. */
  readonly agency: { readonly locations: number };
  /** Until when the tombstone stays, here and in KV, ms: it holds the id, and when that was forgotten. */
  readonly tombstoneUntil: number;
}

/** The methods of a connection's Durable Object, which knows its connection by its own name. */
export interface ConnectionApi {
  /** A living token. `rejectedHash` is the SHA-256 (hex) of one that was refused, `rejected` the token itself. */
  token(
    options: { readonly rejected?: string; readonly rejectedHash?: string },
  ): Promise<Result<HandedToken>>;
  /** Whether HighLevel takes the token that is held: one cheap call, and no healing. */
  check(): Promise<Result<{ readonly token: TokenState }>>;
  /**
   * Mints a location's tokens from this company's, which are refreshed or recovered first where need be. One object mints for
   * all its locations: it knows what its token is refused for, and how much of the rate limit is left. It notes the location as
   * {@linkcode ConnectionApi.noteLocation} does. Unless it `heals`, a company without tokens is not recovered for it.
   */
  mint(locationId: string, options: { readonly heals: boolean }): Promise<Result<TokenAnswer>>;
  /** Climbs the ladder, unless an `order` is fulfilled already. `actor` goes into the history. */
  recover(details: ConnectionDetails, order?: BulkOrder, actor?: string): Promise<PlainRecovery>;
  /** Puts tokens under management; `how` and `actor` go into the history. */
  save(
    tokens: TokenSet,
    details: ConnectionDetails,
    how: "imported" | "authorised",
    actor?: string,
  ): Promise<Result<SavedConnection>>;
  /**
   * Forgets the connection and its tokens; with an `uninstall` of its agency, only if that is about it. What is `"forgotten"` by
   * hand is done once nobody serves its token any more: `store_failed` says that KV may still, and that it is tried on.
   * `actor` goes into the history.
   */
  forget(
    why: "forgotten" | "uninstalled",
    uninstall?: AgencyUninstall,
    actor?: string,
  ): Promise<Result<{ readonly forgotten: true }>>;
  /**
   * Gets tokens for a location that waited for its company to have some, soon, by alarm. Nothing happens to a healthy
   * connection, nor to one that was forgotten since.
   */
  companyConnected(): Promise<void>;
  /**
   * Notes that a code of this connection may have been exchanged without an answer: then it is installed, and the ladder
   * gets tokens. Does nothing for a connection that is not known: anybody can send a code.
   */
  answerLost(): Promise<void>;
  /** Takes a webhook; one that was taken before changes nothing. A company's UNINSTALL reaches its locations. */
  deliver(delivery: Delivery): Promise<Result<{ readonly isNew: boolean }>>;
  /**
   * Notes a location of this company, so that an uninstall of the company reaches it; `pending` ones lack tokens. Tells
   * when the company was uninstalled, ms, 0 where it is not.
   */
  noteLocation(locationId: string, pending: boolean): Promise<number>;
  /** Drops a location of this company that was erased; tells how many that were. */
  dropLocation(locationId: string): Promise<number>;
  /** Gives the connection a name that stays; `null`: HighLevel's own again. Tells whether there is such a connection. */
  giveName(name: string | null): Promise<Result<{ readonly isKnown: boolean }>>;
  /**
   * Suspends the connection until it is resumed: no token is handed out, and nothing is asked of HighLevel for it. `null` resumes it:
   * what is due is done at once. Tells whether there is such a connection. `store_failed` as {@linkcode ConnectionApi.forget}, for a
   * suspending. `actor` goes into the history.
   */
  suspend(order: SuspensionOrder, actor?: string): Promise<Result<{ readonly isKnown: boolean }>>;
  /** Notes what one of HighLevel's lists calls the connection. A name that was given stays. */
  noteListedName(name: string): Promise<void>;
  /** The name; where none was given, HighLevel is asked for that of a location, now and then. */
  readName(): Promise<string | undefined>;
  /** Remembers that a link was asked for, where there is something to come back. */
  linkMade(): Promise<void>;
  /** Remembers once that somebody went on to HighLevel from a link that was made at `madeAt`, ms. */
  linkOpened(madeAt: number): Promise<void>;
  /** Has all links that were made so far end. */
  revokeLinks(): Promise<void>;
  /**
   * Forgets the connection by hand, and removes all else that is held of it: what remains is the tombstone.
   * `store_failed` as {@linkcode ConnectionApi.forget}.
   */
  erase(): Promise<Result<ErasedConnection>>;
  /** The connection to be moved; `held` is absent where nothing is held. Changes nothing. */
  exported(): Promise<Result<{ readonly held?: ExportedConnection }>>;
  /** Takes a connection of an export, unless what is here is as new or newer. `actor` goes into the history. Sends HighLevel nothing. */
  restore(
    moved: ExportedConnection,
    options: { readonly isDryRun: boolean; readonly actor?: string },
  ): Promise<Result<{ readonly verdict: RestoreVerdict }>>;
  /** Seals the record under the first sealing key, unless it is. Tells what became of it; nothing where there is none. */
  reseal(): Promise<Result<{ readonly became?: "resealed" | "already" | "unreadable" }>>;
  /** What is known, without a request. */
  describe(): Promise<DescribedConnection>;
  /** Looks after the connection: what is due and stands on no alarm is done soon, and KV gets its copy once more. */
  wake(): Promise<void>;
  /** Of an object that the first edition named: what it holds for this app, for the object that has its place now. */
  handOver(): Promise<Belongings | undefined>;
  /** Tells it that this is stored there: it removes everything. */
  handedOver(): Promise<void>;
  /** Stores what an object of the first edition held, where nothing is held yet. */
  takeIn(belongings: Belongings): Promise<void>;
}
