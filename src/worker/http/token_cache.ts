import {
  authorizedFetch,
  type ConnectionRecord,
  decodeRecord,
  freshness,
  Healings,
  keyOf,
  marginOf,
} from "../../connections/host.ts";
import { baseOf, defined, sleep } from "../../oauth/host.ts";
import type { ConnectionTarget } from "../../oauth/mod.ts";
import { CloudflareKvStore, sealed, type TokenStore } from "../../stores/mod.ts";
import type { HandedToken } from "../connection/connection_api.ts";
import { handedToken } from "../connection/hand_token.ts";
import { type PlainError, type Result, reviveError } from "../durable/plain_result.ts";
import type { ReconnectApp } from "../reconnect_app.ts";

/** A token with less left than this is the object's business, ms. */
const MARGIN_MS = 300_000;

/** What a worker answers from KV, near the caller, without waking a connection's object. */
export class TokenCache {
  readonly #app: ReconnectApp;
  readonly #prefix: string;
  readonly #store: TokenStore;
  /** What tokens may be sent to: URLs that begin with this. */
  readonly api: string;
  /** Where healing did not help. */
  readonly #healings: Healings = new Healings();

  /** Over the KV of `app`. */
  constructor(reconnectApp: ReconnectApp) {
    const { id, env, settings: { app, sealingKeys } } = reconnectApp;
    this.#app = reconnectApp;
    this.api = baseOf(app);
    this.#prefix = `${id}/`;
    this.#store = sealed(new CloudflareKvStore(env.TOKENS), { keys: sealingKeys });
  }

  /**
   * A living token: KV's copy, or the object's. A stale copy is at worst a token that still lives; whatever is missing,
   * expiring or refused is asked of the object, which alone decides on a refresh.
   */
  async token(
    target: ConnectionTarget,
    refused: { readonly rejected?: string | undefined; readonly rejectedHash?: string | undefined } = {},
  ): Promise<Result<HandedToken>> {
    // Who comes with a refused token may know a newer one than KV's copy here: only the object can tell.
    const isRefused = refused.rejected !== undefined || refused.rejectedHash !== undefined;
    const copy = isRefused ? undefined : await this.#copy(target);
    return copy ?? await this.#app.connection(target).token(defined(refused));
  }

  /**
   * HighLevel's API with the token of `target`, which is healed once where HighLevel answers 401.
   *
   * @throws what `errorOf` makes of the reason why there is no token to be had.
   */
  async fetch(
    target: ConnectionTarget,
    input: string | URL | Request,
    init: RequestInit,
    errorOf: (error: PlainError) => Error = reviveError,
  ): Promise<Response> {
    return await authorizedFetch(input, init, {
      app: this.#app.settings.app,
      base: this.api,
      sleep,
      now: Date.now,
      key: keyOf("", target),
      healings: this.#healings,
      token: async (rejected) => {
        const result = await this.token(target, { rejected });
        if (!result.ok) throw errorOf(result.error);
        return result;
      },
    });
  }

  async #copy(target: ConnectionTarget): Promise<Result<HandedToken> | undefined> {
    const record = await this.#read(target);
    const marginMs = marginOf(record, MARGIN_MS);
    if (!record?.tokens || freshness(record, Date.now(), marginMs, undefined) !== "usable") return undefined;
    return { ok: true, ...handedToken(record.tokens, record, Date.now()) };
  }

  /** KV's copy of the record. One that cannot be read is no copy: the object has the record. */
  async #read(target: ConnectionTarget): Promise<ConnectionRecord | undefined> {
    try {
      const stored = await this.#store.get(keyOf(this.#prefix, target));
      return stored && decodeRecord(stored);
    } catch {
      return undefined;
    }
  }
}
