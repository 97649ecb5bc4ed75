import type { Connection, ConnectionDetails, Recovery } from "../connections/mod.ts";
import { type ConnectionTarget, HighLevelError, type TokenSet } from "../oauth/mod.ts";
import type { DirectoryQuery } from "./directory/directory_api.ts";
import { type ListedConnectionPage, listedPage } from "./directory/listed_connection.ts";
import { resultOrError, reviveError } from "./durable/plain_result.ts";
import { TokenCache } from "./http/token_cache.ts";
import type { ReconnectApp } from "./reconnect_app.ts";
import type { JobProgress } from "./recovery_job/job_api.ts";
import { kindAndId } from "./kind_and_id.ts";
import { startJob } from "./recovery_job/start_job.ts";

/** What history and jobs call the host's own code. */
const HOST = "host";

/**
 * A deployment's connections for code of the same worker: the names of `Connections`, without HTTP in between. A token that
 * can be used comes from KV; everything else is asked of the connection's object.
 *
 * @example
 * ```ts
 * import { defineReconnect } from "@reconnect/highlevel/worker";
 *
 * const reconnect = defineReconnect();
 *
 * async function firstContact(env: object, locationId: string): Promise<unknown> {
 *   const connections = reconnect.connectionsOf(env);
 *   const response = await connections.fetch({ locationId }, `/contacts/?locationId=${locationId}&limit=1`);
 *   return response.json();
 * }
 *
 * if (typeof firstContact !== "function") throw new Error("it is there for the routes of the host");
 * ```
 */
export class ReconnectConnections {
  readonly #app: ReconnectApp;
  readonly #tokens: TokenCache;

  /** The connections of `app`. */
  constructor(app: ReconnectApp) {
    this.#app = app;
    this.#tokens = new TokenCache(app);
  }

  /**
   * An access token that can be used now; `rejected` is one that HighLevel refused just now.
   *
   * @throws {HighLevelError} as `Connections.accessToken` does.
   */
  async accessToken(target: ConnectionTarget, options: { readonly rejected?: string } = {}): Promise<string> {
    return resultOrError(await this.#tokens.token(target, options)).accessToken;
  }

  /**
   * HighLevel's API with the connection's token, which is healed once where HighLevel answers 401.
   *
   * @throws {HighLevelError} where there is no token to be had.
   * @throws {TypeError} for a URL that is not HighLevel's.
   */
  async fetch(
    target: ConnectionTarget,
    input: string | URL | Request,
    init: RequestInit = {},
  ): Promise<Response> {
    return await this.#tokens.fetch(target, input, init);
  }

  /**
   * Climbs the ladder for one connection, at once. Tells how that ended, and does not throw for it.
   *
   * @throws {HighLevelError} `store_failed` with reason `read_only` while the worker is that.
   */
  async recover(target: ConnectionTarget, details: ConnectionDetails = {}): Promise<Recovery> {
    this.#refuseWhileReadOnly();
    const { error, ...recovery } = await this.#app.connection(target).recover(details, undefined, HOST);
    return { ...recovery, ...(error && { error: reviveError(error) }) };
  }

  /**
   * Starts a bulk recovery, and tells where it stands.
   *
   * @throws {HighLevelError} `store_failed` with reason `read_only` while the worker is that.
   */
  async recoverMany(targets: readonly ConnectionTarget[]): Promise<JobProgress | undefined> {
    this.#refuseWhileReadOnly();
    const by = { startedBy: HOST };
    return await this.progress(await startJob(this.#app, targets.map(kindAndId), { kind: "targets" }, by));
  }

  /** Where a bulk recovery stands; `undefined` for one that is not known. */
  async progress(jobId: string): Promise<JobProgress | undefined> {
    return await this.#app.job(jobId).progress();
  }

  /** What is known of one connection; `undefined` where it was never held, or forgotten. */
  async get(target: ConnectionTarget): Promise<Connection | undefined> {
    return (await this.#app.connection(target).describe()).connection;
  }

  /** One page of the directory: connections by words, status, kind, agency or cause. */
  async list(query: DirectoryQuery = {}): Promise<ListedConnectionPage> {
    return listedPage(await this.#app.directory().list(query));
  }

  /**
   * Puts tokens under management.
   *
   * @throws {HighLevelError} `store_failed` where they could not be stored, or with reason `read_only`.
   */
  async save(target: ConnectionTarget, tokens: TokenSet, details: ConnectionDetails = {}): Promise<void> {
    this.#refuseWhileReadOnly();
    resultOrError(await this.#app.connection(target).save(tokens, details, "imported", HOST));
  }

  /**
   * Forgets a connection and its tokens.
   *
   * @throws {HighLevelError} `store_failed` where that could not be written, or with reason `read_only`.
   */
  async forget(target: ConnectionTarget): Promise<void> {
    this.#refuseWhileReadOnly();
    resultOrError(await this.#app.connection(target).forget("forgotten", undefined, HOST));
  }

  #refuseWhileReadOnly(): void {
    if (!this.#app.settings.readOnly) return;
    throw new HighLevelError("store_failed", "This worker is read-only (READ_ONLY). Nothing was changed.", {
      reason: "read_only",
    });
  }
}
