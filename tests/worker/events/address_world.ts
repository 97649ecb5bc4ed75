import { Address } from "../../../src/worker/events/address.ts";
import type { TryOutcome } from "../../../src/worker/events/delivery_rules.ts";
import type { SentEvent } from "../../../src/worker/events/event_message.ts";
import { outboxSchema } from "../../../src/worker/events/outbox.ts";
import { ObjectSql } from "../../../src/worker/durable/object_sql.ts";
import { memoryStorage } from "../durable/memory_storage.ts";

/** A clock that jumps from one timer to the next: hours pass in milliseconds. */
export class VirtualTime {
  now: number = Date.parse("2026-11-27T12:00:00Z");
  #timers: { readonly at: number; readonly ring: () => void }[] = [];

  /** Resolves `ms` later, or once `signal` is aborted. */
  readonly wait = (ms: number, signal?: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      this.at(this.now + ms, resolve);
      signal?.addEventListener("abort", () => resolve());
    });

  /** Calls `ring` at `at`. */
  at(at: number, ring: () => void): void {
    const timer = { at: Math.max(at, this.now), ring };
    let [low, high] = [0, this.#timers.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#timers[middle]?.at ?? 0) >= timer.at) low = middle + 1;
      else high = middle;
    }
    this.#timers.splice(low, 0, timer); // latest first: the next one is taken from the end
  }

  /** Lets time pass, up to `until`, or as long as there are timers. */
  async run(until: number = Infinity): Promise<void> {
    await settled();
    for (let next = this.#timers.at(-1); next && next.at <= until; next = this.#timers.at(-1)) {
      this.#timers.pop();
      this.now = Math.max(this.now, next.at);
      next.ring();
      if (this.#timers.at(-1)?.at !== next.at) await settled();
    }
    if (until !== Infinity) this.now = Math.max(this.now, until);
  }
}

/** An address over a SQLite of its own, in virtual time. */
export interface AddressWorld {
  /** The part under test, as it is now: `die` makes another one. */
  readonly address: () => Address;
  /** Ends the instance: what is in memory is gone, alarms and SQLite stay. */
  readonly die: () => void;
  /** Ids that the receiver took, with the moment. */
  readonly arrived: Map<string, number[]>;
  /** Every try: which event, when. */
  readonly tries: { readonly id: string; readonly at: number }[];
  /** What operators were told. */
  readonly logged: string[];
}

/** How a receiver answers an event, after how long. */
export type Receiver = (id: string, now: number) => { readonly ms: number; readonly outcome: TryOutcome };

/** An address whose receiver answers as `receiver` says. */
export function addressWorld(time: VirtualTime, receiver: Receiver): AddressWorld {
  const { host } = memoryStorage();
  const sql = new ObjectSql(host, outboxSchema);
  const arrived = new Map<string, number[]>();
  const tries: { id: string; at: number }[] = [];
  const logged: string[] = [];
  let life = 0;
  let ringsAt: number | undefined;
  const make = (): Address => {
    const own = ++life;
    return new Address({
      sql,
      size: () => 0,
      post: async ({ id }) => {
        tries.push({ id, at: time.now });
        const { ms, outcome } = receiver(id, time.now);
        await time.wait(ms);
        if (outcome.kind === "taken") arrived.set(id, [...arrived.get(id) ?? [], time.now]);
        // An instance that has ended learns nothing more.
        return own === life ? outcome : await new Promise(() => {});
      },
      seal: ({ from, body, headers }) => Promise.resolve(JSON.stringify({ from, body, headers })),
      open: (sealed) => Promise.resolve(JSON.parse(sealed)),
      log: (what, event) => void logged.push([what, event].filter(Boolean).join(" ")),
      ringAt: (at) => {
        if (at <= 0) throw new TypeError("setAlarm() takes no time at or before 0");
        ringsAt = at;
        time.at(at, () => {
          if (ringsAt !== at) return;
          ringsAt = undefined;
          turn();
        });
        return Promise.resolve();
      },
      now: () => time.now,
      wait: time.wait,
      random: () => 0.5,
    });
  };
  let current = make();
  let turning: Promise<void> | undefined;
  const turn = (): void => {
    const own = current.turn().then(() => void (turning = turning === own ? undefined : turning));
    turning = own;
  };
  const die = (): void => {
    current = make();
    // An alarm whose work was cut off rings again.
    if (turning) time.at(time.now + 2_000, turn);
    turning = undefined;
  };
  return { address: () => current, die, arrived, tries, logged };
}

/** An event of HighLevel's. */
export function eventOf(id: string, at = 0): SentEvent {
  return { id, from: "highlevel", type: "ContactCreate", at, body: `{"id":"${id}"}`, headers: {} };
}

/** Until all that follows without time passing has happened. */
async function settled(): Promise<void> {
  for (let turns = 0; turns < 60; turns++) await undefined;
}
