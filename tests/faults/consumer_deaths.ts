import assert from "node:assert/strict";
import { consumeEvents, type EventConsumer } from "../../src/worker/events/consume_events.ts";
import { endpointName } from "../../src/worker/events/endpoints_of.ts";
import type { EventMessage } from "../../src/worker/events/event_message.ts";
import { Dice } from "./dice.ts";

/** Figures of a run. */
export interface DeathReport {
  readonly seed: number;
  readonly events: number;
  readonly deaths: number;
  /** Times that an address's object took nothing. */
  readonly refusals: number;
  /** Events that an address was handed again. */
  readonly repeats: number;
}

const URLS = ["https://a.example/", "https://b.example/", "https://c.example/"];

/**
 * A queue as durable as Cloudflare's, and its consumer, thrown out `deaths` times in the middle of a batch, at any of its calls, before or
 * after they did what they do; and objects of addresses that take nothing for a while. At the end every object has every event, and every
 * INSTALL was told.
 */
export async function consumerDeaths(deaths: number, seed: number): Promise<DeathReport> {
  const dice = new Dice(seed);
  const waiting = new Map<number, { readonly body: EventMessage; attempts: number }>();
  const handed = new Map<string, Map<string, number>>();
  for (const url of URLS) handed.set(await endpointName(url), new Map());
  const installs = new Set<string>();
  const told = new Set<string>();
  let [sent, died, refusals, number] = [0, 0, 0, 0];
  const add = (body: EventMessage): void => void waiting.set(number++, { body, attempts: 0 });

  while (died < deaths || waiting.size > 0) {
    for (let more = died < deaths ? dice.upTo(8) : 0; more >= 1; more--) add(nextMessage());
    // One consumer, which may end at one of its calls: nothing that it waits for ever comes then.
    let callsLeft = died < deaths ? Math.floor(dice.upTo(12)) : Infinity;
    const ended = Promise.withResolvers<void>();
    const call = async <T>(work: () => T): Promise<T> => {
      const isLast = callsLeft-- === 0;
      if (isLast) {
        died++;
        ended.resolve();
        if (dice.upTo(2) < 1) work();
      }
      return callsLeft < 0 ? await new Promise<never>(() => {}) : work();
    };
    const app: EventConsumer = {
      settings: {
        app: { clientId: "app-1", clientSecret: "" },
        events: { urls: URLS, secrets: [], types: undefined },
        readOnly: false,
      },
      env: { EVENTS: { sendBatch: (shares) => call(() => shares.forEach(({ body }) => add(body))) } },
      connection: () => ({
        deliver: ({ webhookId }) =>
          call(() => {
            const isNew = !told.has(webhookId);
            told.add(webhookId);
            return { ok: true, isNew } as const;
          }),
      }),
      endpoint: (name) => ({
        take: (events) =>
          call(() => {
            if (died < deaths && dice.upTo(6) < 1) {
              refusals++;
              throw new Error("The object is overloaded.");
            }
            const taken = handed.get(name);
            assert.ok(taken);
            for (const { id } of events) taken.set(id, (taken.get(id) ?? 0) + 1);
          }),
        list: () => Promise.resolve([]),
        counts: () => Promise.resolve({ waiting: 0, dead: 0 }),
        replay: () => Promise.resolve([]),
        erase: () => Promise.resolve({ waiting: 0, dead: 0 }),
      }),
    };
    const batch = [...waiting].slice(0, 10).map(([key, message]) => {
      message.attempts++;
      return new QueuedMessage(message, () => void (callsLeft >= 0 && waiting.delete(key)));
    });
    await Promise.race([consumeEvents(batch, app), ended.promise]);
  }

  for (const taken of handed.values()) {
    for (let at = 0; at < sent; at++) assert.ok(taken.has(`e${at}`), `e${at} was never handed over`);
  }
  assert.deepEqual([...told].sort(), [...installs].sort());
  const counts = [...handed.values()].flatMap((taken) => [...taken.values()]);
  const repeats = counts.reduce((sum, count) => sum + count - 1, 0);
  return { seed, events: sent, deaths: died, refusals, repeats };

  function nextMessage(): EventMessage {
    const id = `e${sent++}`;
    const type = dice.upTo(4) < 1 ? "INSTALL" : "ContactCreate";
    if (type === "INSTALL") installs.add(id);
    const body = JSON.stringify({ type, appId: "app", locationId: "loc", webhookId: id });
    return { appId: "app", event: { id, from: "highlevel", type, at: Date.now(), body, headers: {} } };
  }
}

/** A message as Cloudflare hands it over: its methods work on it alone, and not by themselves. */
class QueuedMessage {
  readonly body: EventMessage;
  readonly attempts: number;
  readonly #ack: () => void;

  constructor(
    { body, attempts }: { readonly body: EventMessage; readonly attempts: number },
    ack: () => void,
  ) {
    this.body = body;
    this.attempts = attempts;
    this.#ack = ack;
  }

  ack(): void {
    this.#ack();
  }

  retry({ delaySeconds = 0 } = {}): void {
    assert.ok(this.#ack !== undefined && delaySeconds > 0 && delaySeconds <= 43_200);
  }
}
