import { checkId, type ConnectionTarget } from "../oauth/target.ts";
import { copyOf, type TokenAnswer, type TokenSet } from "../oauth/token_set.ts";
import { fetchAs } from "./authorized_fetch.ts";
import { type AuthorizationGrant, authorize } from "./authorize.ts";
import { checkConnection, type TokenState } from "./check.ts";
import type { Connection, ConnectionPage } from "./connection.ts";
import { flush } from "./flush.ts";
import { forget } from "./forget.ts";
import { getConnection, listConnections } from "./list_connections.ts";
import { maintain, type MaintainOptions } from "./maintain.ts";
import { checkOptions } from "./options.ts";
import type { AccessTokenOptions, ConnectionDetails, ConnectionsOptions, SaveDetails } from "./options.ts";
import { note } from "./note.ts";
import { createParts, type Parts } from "./parts.ts";
import { planAll, type RecoveryPlan } from "./plan_all.ts";
import { recover, type RecoverAllOptions, recoverMany } from "./recover.ts";
import type { Recovery } from "./recovery.ts";
import { saveTokens } from "./save_tokens.ts";
import type { ConnectionStatus } from "../stores/status.ts";

/**
 * The connections of one app: keeps their tokens alive, heals them, and brings back what is lost.
 *
 * @example
 * ```ts
 * import { Connections, MemoryStore } from "@reconnect/highlevel";
 * import { createSandbox } from "@reconnect/highlevel/sandbox";
 *
 * const sandbox = createSandbox();
 * const { locationId } = sandbox.addLocation({ installed: true });
 * const connections = new Connections({
 *   app: { ...sandbox.app, fetch: sandbox.fetch },
 *   store: new MemoryStore(),
 * });
 *
 * // Nothing is stored, as after an incident: the token comes back by two requests.
 * const response = await connections.fetch({ locationId }, `/locations/${locationId}`);
 * if (!response.ok) throw new Error(`answered ${response.status}`);
 * await response.body?.cancel();
 * ```
 */
export class Connections {
  readonly #parts: Parts;

  /**
   * Checks the options; sends and reads nothing. A store without a lock is told once, by the event `store_without_lock`.
   *
   * @throws {TypeError} naming the option that is missing or malformed.
   */
  constructor(options: ConnectionsOptions) {
    checkOptions(options);
    this.#parts = createParts(options);
  }

  /**
   * Puts tokens got elsewhere under management: an installation or an import. Ends a tombstone, unless that is
   * younger than `gotAt`.
   *
   * @throws {TypeError} when the tokens are malformed or belong to another connection.
   * @throws {HighLevelError} `store_failed`.
   */
  async save(target: ConnectionTarget, tokens: TokenSet, details: SaveDetails = {}): Promise<void> {
    await saveTokens(this.#parts, target, tokens, details);
  }

  /**
   * The whole way from the code of a redirect to a saved connection: with the right pair of the app, also an older one, and
   * for a location, else for a company. Saves the tokens under the connection that they name. Trouble with the store costs no
   * token: they are kept in memory, and the event `store_failed` tells it.
   *
   * @throws {TypeError} when an argument is malformed; nothing was sent.
   * @throws {HighLevelError} `wrong_connection` (with the `target` that was authorised) when it is not the one `expected`;
   * `not_installed` when the connection was forgotten meanwhile; as {@linkcode exchangeCode}.
   */
  async authorize(grant: AuthorizationGrant): Promise<Connection> {
    return await authorize(this.#parts, grant);
  }

  /**
   * A usable access token: the stored one, else a refreshed one, else a recovered one. All callers share one attempt. After one
   * that failed they are told the same for `coolDownMs`.
   *
   * @throws {HighLevelError} `reauthorization_required`, `location_inactive`, `not_installed` (forgotten),
   * `invalid_client`, `store_failed` or a transient code.
   */
  accessToken(target: ConnectionTarget, options: AccessTokenOptions = {}): Promise<string> {
    return this.#parts.source.usable(target, options, ({ tokens }) => tokens.accessToken);
  }

  /**
   * The same as {@linkcode Connections.accessToken}, with everything HighLevel told of the token: when it ends, what it
   * may do. Inspection shows no token; JSON does.
   *
   * @throws {HighLevelError} as {@linkcode Connections.accessToken}.
   */
  tokens(target: ConnectionTarget, options: AccessTokenOptions = {}): Promise<TokenSet> {
    return this.#parts.source.usable(target, options, ({ tokens }) => copyOf(tokens));
  }

  /**
   * Calls HighLevel's API with this connection's token. A relative `input` resolves against the base URL. `Authorization`
   * and, where absent, `Version` are added. A 401 heals the connection and repeats the request once, unless its body is a
   * stream, or HighLevel's words say that the token lives and may not do this: that answer is handed on. A 429 that asks for
   * 10 s or less is waited for where the method is idempotent.
   *
   * @throws {TypeError} when `input` leads away from the base URL: tokens are sent nowhere else.
   * @throws {HighLevelError} as {@linkcode Connections.accessToken}.
   */
  async fetch(
    target: ConnectionTarget,
    input: string | URL | Request,
    init: RequestInit = {},
  ): Promise<Response> {
    return await fetchAs(this.#parts, target, input, init);
  }

  /**
   * A `fetch` bound to one connection, for typed clients: {@linkcode Connections.fetch} without its first argument.
   *
   * @throws {TypeError} when `target` is malformed.
   */
  fetcher(
    target: ConnectionTarget,
  ): (input: string | URL | Request, init?: RequestInit) => Promise<Response> {
    const { target: own } = this.#parts.keyOf(target);
    return (input, init) => this.fetch(own, input, init);
  }

  /**
   * Brings a connection back, trying the whole ladder even if the stored token looks usable. Trouble with HighLevel is told in
   * the result, not thrown.
   *
   * @throws {TypeError} when `target` is malformed.
   * @throws the reason of `signal`; what is under way goes on and is stored.
   */
  async recover(
    target: ConnectionTarget,
    options: { readonly details?: ConnectionDetails; readonly signal?: AbortSignal } = {},
  ): Promise<Recovery> {
    return await recover(this.#parts, target, options);
  }

  /**
   * Recovers many connections, at most `concurrency` (default 32) at once, and yields each result as it is there. With
   * `skipLiving` those whose token works are left alone, at the price of one call each. `details` hold for all of them: the
   * agency they are locations of. The source is never read ahead; a target that comes twice is done once. Where HighLevel asks
   * many of them to slow down, fewer are done at once. When `signal` is aborted, what is under way ends and is yielded, then the
   * run ends.
   *
   * @throws {HighLevelError} when going on makes no sense: the app's credentials are refused, or 20 connections in a row
   * found HighLevel or the store down. What was under way ends and is yielded first; what was done stays done.
   */
  recoverAll(
    targets: Iterable<ConnectionTarget> | AsyncIterable<ConnectionTarget>,
    options: RecoverAllOptions = {},
  ): AsyncGenerator<Recovery, void, undefined> {
    return recoverMany(this.#parts, targets, options);
  }

  /** Yields where the ladder of each target would start. Reads the store, sends nothing. */
  planAll(
    targets: Iterable<ConnectionTarget> | AsyncIterable<ConnectionTarget>,
    options: { readonly details?: ConnectionDetails } = {},
  ): AsyncGenerator<RecoveryPlan, void, undefined> {
    return planAll(this.#parts, targets, options.details ?? {});
  }

  /**
   * One cheap call with the access token held, without healing: `"living"` where any answer but that of a dead token comes,
   * `"dead"`, or `"unknown"` where no token is held, it has ended, or HighLevel is down.
   *
   * @throws {TypeError} when `target` is malformed.
   * @throws {HighLevelError} `store_failed`.
   */
  async check(target: ConnectionTarget): Promise<TokenState> {
    return await checkConnection(this.#parts, target);
  }

  /**
   * One round of keeping alive, for a cron of your own: refreshes what ends soon, retries what is broken and due, once a day with
   * a refresh token called dead too, and yields what became of each. Asks the store for what is due, page after page. Safe to run
   * in many processes at once, where the store has a lock; a round that was cut off is made good by the next one.
   *
   * @throws {TypeError} when an option is malformed.
   * @throws {HighLevelError} when going on makes no sense, as {@linkcode Connections.recoverAll}.
   */
  maintain(options: MaintainOptions = {}): AsyncGenerator<Recovery, void, undefined> {
    return maintain(this.#parts, options);
  }

  /**
   * Mints the tokens of a location from those of its agency, which are refreshed or recovered first where need be, and
   * stores nothing. What refuses the agency's token is remembered for a minute, and the agency's rate limit is heeded.
   *
   * @throws {HighLevelError} `forbidden` (`reason` says what for), `unauthorized`, or why the agency has no usable token.
   */
  async mint(companyId: string, locationId: string): Promise<TokenAnswer> {
    return await this.#parts.mint(checkId("companyId", companyId), checkId("locationId", locationId));
  }

  /**
   * Notes what was told of a connection that is held, such as its new name or the agency it has moved to. Sends nothing.
   *
   * @throws {TypeError} when `target` or one of `details` is malformed.
   * @throws {HighLevelError} `store_failed`.
   */
  async note(target: ConnectionTarget, details: ConnectionDetails): Promise<void> {
    await note(this.#parts, target, details);
  }

  /** What is known of a connection; `undefined` where nothing is, or where it was forgotten. */
  async get(target: ConnectionTarget): Promise<Connection | undefined> {
    return await getConnection(this.#parts, target);
  }

  /**
   * One page of connections in order of their keys, `limit` (default 100) at most. A page may be short, even empty, and still
   * have a cursor: a call reads 100 pages of the store at most.
   *
   * @throws {TypeError} when `status` is none, or `limit` no whole number from 1 to 1,000.
   */
  async list(
    options: { readonly status?: ConnectionStatus; readonly limit?: number; readonly cursor?: string } = {},
  ): Promise<ConnectionPage> {
    return await listConnections(this.#parts, options);
  }

  /**
   * Forgets a connection and its tokens, for 90 days: nothing that was under way, and nobody who comes late, can bring them
   * back; `save`, `authorize` and `recover` can. With `erase` nothing at all is left of it.
   *
   * @throws {HighLevelError} `store_failed`.
   */
  async forget(target: ConnectionTarget, options: { readonly erase?: boolean } = {}): Promise<void> {
    await forget(this.#parts, target, options);
  }

  /**
   * Writes what is in memory only, since the store failed when it was got. Call it before the process ends.
   *
   * @throws {HighLevelError} `store_failed` while the store does not take it; it stays in memory.
   */
  async flush(): Promise<void> {
    await flush(this.#parts);
  }

  /** {@linkcode Connections.flush}, for `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.flush();
  }
}
