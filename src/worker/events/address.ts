import type { ConnectionTarget } from "../../oauth/mod.ts";
import { KeyValues } from "../durable/key_values.ts";
import type { Sql } from "../durable/object_sql.ts";
import {
  type AddressState,
  afterTry,
  DEAD_KEPT_MS,
  type Delivery,
  type DeliveryProblem,
  FRESH_ADDRESS,
  isDown,
  isOpen,
  pauseMs,
  TRIED_FOR_MS,
  type TryOutcome,
} from "./delivery_rules.ts";
import type { ReplayQuery, UndeliveredCounts, UndeliveredEvent, UndeliveredQuery } from "./endpoint_api.ts";
import type { SentEvent } from "./event_message.ts";
import { type KeptEvent, Outbox, type Standing } from "./outbox.ts";

/** Tries under way at once, of one batch or turn: Cloudflare lets six requests of an invocation wait for an answer. */
const LANES = 6;
/** What was not delivered within this, ms, is kept: whoever hands events over is not held up by their receiver. */
const AT_ONCE_MS = 2_000;
/** A try that was kept while it is under way is tried again after this, ms, where nobody tells how it ended. */
const LEASE_MS = 30_000;
/** One turn works for so long at most, ms; then the next one goes on. */
const TURN_MS = 60_000;
/** While tries are under way that were handed over, the next turn comes after this, ms. */
const TRYING_PAUSE_MS = 1_000;
/** Ids of delivered events that are remembered while the object lives. */
const REMEMBERED = 5_000;
/** Bytes that one address may keep; then the oldest goes. */
const MOST_BYTES = 1_000_000_000;
/** Events that go at once then. */
const DROPPED = 1_000;

/** What an {@linkcode Address} needs of the world. */
export interface AddressHost {
  /** SQLite with the tables of `outboxSchema`. */
  readonly sql: Sql;
  /** Bytes that it has. */
  readonly size: () => number;
  /** Sends an event. Never rejects. */
  readonly post: (event: SentEvent) => Promise<TryOutcome>;
  /** Makes of an event what may be stored. */
  readonly seal: (event: SentEvent) => Promise<string>;
  /** The other way; `undefined` where no key opens it any more. */
  readonly open: (sealed: string) => Promise<Pick<SentEvent, "from" | "body" | "headers"> | undefined>;
  /** Told what operators should know of the address or of an event. */
  readonly log: (what: string, event?: string) => void;
  /** Has {@linkcode Address.turn} called at this time, ms, or sooner. */
  readonly ringAt: (at: number) => Promise<void>;
  readonly now: () => number;
  /** Resolves after `ms`, or once it is aborted. */
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly random: () => number;
}

/**
 * One address that events are sent to. What it takes at once is never stored. The rest is kept, sealed, tried again with growing pauses
 * for three days, and is a dead letter then. While the address is down one event at a time finds out whether it is back.
 */
export class Address {
  readonly #host: AddressHost;
  readonly #outbox: Outbox;
  readonly #values: KeyValues<"address">;
  /** Events that were handed over and are neither delivered nor kept yet. */
  readonly #arriving = new Map<string, Promise<void>>();
  /** Events whose try is under way. */
  readonly #trying = new Set<string>();
  /** Tries under way that have taken longer than whoever handed the event over waits. */
  #late = 0;
  /** What is kept of the address, once it was read: this object alone writes it. */
  #known: AddressState | undefined;
  /** Events that were delivered. */
  readonly #delivered = new Set<string>();

  constructor(host: AddressHost) {
    this.#host = host;
    this.#outbox = new Outbox(host.sql);
    this.#values = new KeyValues(host.sql);
  }

  /** See {@linkcode EventEndpointApi.take}. */
  async take(events: readonly SentEvent[]): Promise<void> {
    const endsAt = this.#host.now() + AT_ONCE_MS;
    const waiting = [...events];
    const lane = async (): Promise<void> => {
      for (let event = waiting.shift(); event; event = waiting.shift()) await this.#takeOnce(event, endsAt);
    };
    const lanes = Array.from({ length: LANES }, lane);
    await Promise.allSettled(lanes);
    await Promise.all(lanes);
    await this.#ring();
  }

  /** Tries what is due, removes what is over, and has the next turn come when there is more to do. */
  async turn(): Promise<void> {
    const { now } = this.#host;
    const startedAt = now();
    const lane = async (): Promise<void> => {
      while (now() - startedAt < TURN_MS) {
        const event = this.#nextDue();
        if (!event) return;
        await this.#tryKept(event);
      }
    };
    await Promise.all(Array.from({ length: LANES }, lane));
    // What is tried dies of its last try.
    if (isDown(this.#state)) this.#bury(now() - TRIED_FOR_MS);
    this.#outbox.dropDead(now() - DEAD_KEPT_MS);
    await this.#ring();
  }

  /** Whether it keeps nothing. */
  get isEmpty(): boolean {
    return this.#outbox.isEmpty;
  }

  /** See {@linkcode EventEndpointApi.list}. */
  list(query: UndeliveredQuery): readonly UndeliveredEvent[] {
    return this.#outbox.page(query);
  }

  /** See {@linkcode EventEndpointApi.counts}. */
  counts(): UndeliveredCounts {
    return this.#outbox.counts();
  }

  /** See {@linkcode EventEndpointApi.erase}. */
  erase(target: ConnectionTarget): UndeliveredCounts {
    return this.#outbox.erase(target);
  }

  /** See {@linkcode EventEndpointApi.replay}. */
  async replay(query: ReplayQuery): Promise<readonly string[]> {
    const now = this.#host.now();
    const ids = this.#outbox.revive(query, now);
    if (ids.length > 0) {
      const { isGone: _, ...state } = this.#state;
      this.#state = { ...state, pausedUntil: now };
      await this.#ring();
    }
    return ids;
  }

  /** Takes an event, once however often it comes: who hands it over again waits for the same end. */
  async #takeOnce(event: SentEvent, endsAt: number): Promise<void> {
    const { id } = event;
    if (this.#delivered.has(id)) return;
    const taking = this.#arriving.get(id) ?? (this.#outbox.has(id) ? undefined : this.#take(event, endsAt));
    if (!taking) return;
    this.#arriving.set(id, taking);
    try {
      await taking;
    } finally {
      this.#arriving.delete(id);
    }
  }

  async #take(event: SentEvent, endsAt: number): Promise<void> {
    const { now, wait } = this.#host;
    const delivery = { takenAt: now(), tries: 0 };
    const { isGone, pausedUntil } = this.#state;
    if (isGone && pausedUntil > now()) {
      return await this.#keep(event, delivery, { deadAt: now(), problem: "gone" });
    }
    const leftMs = endsAt - now();
    // An address that is slow holds nobody up twice.
    if (!isOpen(this.#state, now()) || leftMs <= 0 || this.#late >= LANES) {
      const pause = isDown(this.#state) ? pauseMs(0, this.#host.random()) : 0;
      return await this.#keep(event, delivery, { nextAt: now() + pause });
    }
    const trying = this.#post(event);
    const isOver = new AbortController();
    const outcome = await Promise.race([trying, wait(leftMs, isOver.signal)]);
    isOver.abort();
    if (outcome) return await this.#settle(event, delivery, outcome);
    // Kept while it is under way: this object may end before the answer comes.
    this.#late++;
    trying.finally(() => this.#late--);
    await this.#keep(event, delivery, { nextAt: now() + LEASE_MS });
    // Where that cannot be written, it is tried again when its lease is over.
    trying.then((outcome) => this.#settle(event, delivery, outcome)).then(() => this.#ring()).catch(() => {});
  }

  /** The event that is tried next; while the address is down a single one. */
  #nextDue(): KeptEvent | undefined {
    const now = this.#host.now();
    const state = this.#state;
    if (state.pausedUntil > now || isDown(state) && this.#trying.size > 0) return undefined;
    const until = isDown(state) ? Number.MAX_SAFE_INTEGER : now;
    return this.#outbox.due(until, this.#trying.size + 1).find(({ id }) => !this.#trying.has(id));
  }

  async #tryKept(event: KeptEvent): Promise<void> {
    const { id, type, at } = event;
    this.#trying.add(id); // before anything is awaited: other lanes look for work as well
    const opened = await this.#host.open(event.sealed);
    if (!opened) {
      this.#trying.delete(id);
      return this.#outbox.keep(event, { deadAt: this.#host.now(), problem: "no_key" });
    }
    const outcome = await this.#post({ id, type, at, ...opened });
    await this.#settle(event, event, outcome);
  }

  async #post(event: SentEvent): Promise<TryOutcome> {
    const { id } = event;
    this.#trying.add(id);
    try {
      return await this.#host.post(event);
    } finally {
      this.#trying.delete(id);
    }
  }

  /** Keeps what follows from a try. */
  async #settle(event: SentEvent | KeptEvent, delivery: Delivery, outcome: TryOutcome): Promise<void> {
    const { id } = event;
    const { now, random, log } = this.#host;
    const before = this.#state;
    const after = afterTry(delivery, before, outcome, now(), random());
    this.#state = after.address;
    if (isDown(after.address) && !isDown(before)) log("is down");
    if (after.others === "due") this.#outbox.hurry(now());
    if (after.others === "bury") this.#bury(now(), "gone");
    const tried = { ...delivery, tries: delivery.tries + 1 };
    const { delivery: step } = after;
    switch (step.do) {
      case "done":
        this.#remember(id);
        return this.#outbox.drop(id);
      case "again":
        return await this.#keep(event, tried, { nextAt: step.at, problem: step.problem });
      case "bury":
        log("is given up", id);
        return await this.#keep(event, tried, { deadAt: now(), problem: step.problem });
    }
  }

  async #keep(event: SentEvent | KeptEvent, { takenAt, tries }: Delivery, standing: Standing): Promise<void> {
    const sealed = "sealed" in event ? event.sealed : await this.#host.seal(event);
    if (this.#host.size() > MOST_BYTES && this.#outbox.dropOldest(DROPPED) > 0) {
      this.#host.log("keeps too much: its oldest events are dropped");
    }
    const { id, type, at, target } = event;
    this.#outbox.keep({ id, type, at, ...target && { target }, sealed, takenAt, tries }, standing);
  }

  #bury(takenBefore: number, problem: DeliveryProblem = "down"): void {
    const buried = this.#outbox.bury(takenBefore, this.#host.now(), problem);
    if (buried > 0) this.#host.log(`has ${buried} more dead letters`);
  }

  #remember(id: string): void {
    this.#delivered.add(id);
    if (this.#delivered.size <= REMEMBERED) return;
    const [oldest] = this.#delivered;
    if (oldest !== undefined) this.#delivered.delete(oldest);
  }

  async #ring(): Promise<void> {
    const { ringAt } = this.#host;
    const nextAt = this.#outbox.nextAt();
    const firstDeadAt = this.#outbox.firstDeadAt();
    const state = this.#state;
    // A try that is under way is no work for a turn, and may be what the next one waits for.
    const least = this.#trying.size > 0 ? this.#host.now() + TRYING_PAUSE_MS : 0;
    if (nextAt !== undefined) await ringAt(Math.max(isDown(state) ? 0 : nextAt, state.pausedUntil, least));
    else if (firstDeadAt !== undefined) await ringAt(firstDeadAt + DEAD_KEPT_MS);
  }

  get #state(): AddressState {
    if (this.#known) return this.#known;
    const text = this.#values.get("address");
    return this.#known = text === undefined ? FRESH_ADDRESS : JSON.parse(text);
  }

  set #state(state: AddressState) {
    if (state === this.#known) return;
    const isFresh = state.failures === 0 && state.pausedUntil === 0;
    this.#values.set("address", isFresh ? undefined : JSON.stringify(state));
    this.#known = state;
  }
}
