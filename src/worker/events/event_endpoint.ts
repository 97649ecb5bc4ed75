import { DurableObject } from "cloudflare:workers";
import { sleep } from "../../oauth/host.ts";
import type { ConnectionTarget } from "../../oauth/mod.ts";
import { ObjectSql } from "../durable/object_sql.ts";
import { Schedule } from "../durable/schedule.ts";
import type { WorkerEnv } from "../env.ts";
import { logError } from "../log.ts";
import { type ReconnectApp, reconnectApp } from "../reconnect_app.ts";
import { Address } from "./address.ts";
import type { TryOutcome } from "./delivery_rules.ts";
import type * as api from "./endpoint_api.ts";
import { endpointName } from "./endpoints_of.ts";
import type { SentEvent } from "./event_message.ts";
import { openBody, sealBody } from "./kept_body.ts";
import { outboxSchema } from "./outbox.ts";
import { postEvent } from "./post_event.ts";

/** While the settings do not do, an alarm rings again after this, ms. */
const MISCONFIGURED_PAUSE_MS = 60_000;

/** One address that events are sent to: an object of its own, so that no address holds up another. See {@linkcode Address}. */
export class EventEndpoint extends DurableObject<WorkerEnv> implements api.EventEndpointApi {
  readonly #schedule: Schedule<"turn">;
  readonly #address: Address;
  #opened: ReconnectApp | undefined;
  /** Whether the directory knows that something is kept here. */
  #isNoted = false;
  /** Of the address: what may be shown of it. */
  #origin: string | undefined;

  /** The object of one address, which it knows by its name. */
  constructor(ctx: DurableObjectState, env: WorkerEnv) {
    super(ctx, env);
    const sql = new ObjectSql(ctx.storage, outboxSchema);
    const schedule = this.#schedule = new Schedule(ctx.storage, sql, ["turn"]);
    if (!sql.isEmpty) ctx.blockConcurrencyWhile(() => schedule.armIfMissing());
    this.#address = new Address({
      sql,
      size: () => ctx.storage.sql.databaseSize,
      post: (event) => this.#post(event),
      seal: async (event) => await sealBody(this.#app.settings.sealingKeys, event),
      open: async (sealed) => await openBody(this.#app.settings.sealingKeys, sealed),
      log: (problem, event) =>
        logError(new Error(problem), { endpoint: this.#origin, problem, event, outcome: "passed_over" }),
      ringAt: async (at) => await schedule.set("turn", at),
      now: () => Date.now(),
      wait: (ms, signal) => sleep(ms, signal).catch(() => {}),
      random: Math.random,
    });
  }

  /** See {@linkcode api.EventEndpointApi.take}. */
  async take(events: readonly SentEvent[]): Promise<void> {
    await this.#address.take(events);
    await this.#noteWhatIsKept();
  }

  /** See {@linkcode api.EventEndpointApi.list}. */
  list(query: api.UndeliveredQuery): Promise<readonly api.UndeliveredEvent[]> {
    return Promise.resolve(this.#address.list(query));
  }

  /** See {@linkcode api.EventEndpointApi.counts}. */
  counts(): Promise<api.UndeliveredCounts> {
    return Promise.resolve(this.#address.counts());
  }

  /** See {@linkcode api.EventEndpointApi.erase}. */
  erase(target: ConnectionTarget): Promise<api.UndeliveredCounts> {
    return Promise.resolve(this.#address.erase(target));
  }

  /** See {@linkcode api.EventEndpointApi.replay}. */
  async replay(query: api.ReplayQuery): Promise<readonly string[]> {
    return await this.#address.replay(query);
  }

  /** Does what is due. */
  override async alarm(): Promise<void> {
    try {
      void this.#app;
    } catch (error) {
      logError(error, { outcome: "retried" });
      // Thrown six times it would be given up, and nobody would ring any more once the settings do.
      return await this.ctx.storage.setAlarm(Date.now() + MISCONFIGURED_PAUSE_MS);
    }
    await this.#schedule.run(Date.now(), () => this.#address.turn());
    await this.#noteWhatIsKept();
  }

  /** Has the directory know that something is kept here: lists and erasures ask those too whose address is not set any more. */
  async #noteWhatIsKept(): Promise<void> {
    const name = this.#name;
    if (this.#isNoted || name === undefined || this.#address.isEmpty) return;
    this.#isNoted = true;
    await this.#url();
    await this.#app.directory().noteEventAddress(name, this.#origin).catch((error: unknown) => {
      this.#isNoted = false; // the next batch or turn tells it
      logError(error, { outcome: "retried" });
    });
  }

  async #post(event: SentEvent): Promise<TryOutcome> {
    const { events } = this.#app.settings;
    const url = await this.#url();
    return events && url !== undefined
      ? await postEvent(url, events, event)
      : { kind: "failed", problem: "unlisted" };
  }

  /** The address, while it is set. */
  async #url(): Promise<string | undefined> {
    for (const url of this.#app.settings.events?.urls ?? []) {
      if (await endpointName(url) !== this.#name) continue;
      this.#origin = new URL(url).origin;
      return url;
    }
    return undefined;
  }

  get #name(): string | undefined {
    return this.ctx.id.name?.split("/").at(-1);
  }

  get #app(): ReconnectApp {
    return this.#opened ??= reconnectApp(this.env);
  }
}
