import { deepEqual, equal } from "node:assert/strict";
import { consumeEvents } from "../../../src/worker/events/consume_events.ts";
import { endpointName } from "../../../src/worker/events/endpoints_of.ts";
import type { EventMessage } from "../../../src/worker/events/event_message.ts";
import { messageBytes } from "../../../src/worker/events/queue_batches.ts";

/** What one `sendBatch` takes, bytes (Cloudflare, Queues, Limits). */
const MOST_BYTES = 256_000;

/** What became of a batch. */
interface Consumed {
  /** `ack` or `retry`, for each message. */
  readonly ends: string[];
  /** What was put on the queue again. */
  readonly shares: EventMessage[];
  /** How many addresses were handed each id. */
  readonly handed: Record<string, number>;
  /** INSTALL and UNINSTALL that were told. */
  readonly told: string[];
}

/** Consumes `bodies` as one batch. */
async function consumed(
  bodies: readonly EventMessage[],
  { urls = ["https://a.example/", "https://b.example/"], away = [], readOnly = false }: {
    readonly urls?: readonly string[];
    /** Addresses whose objects take nothing. */
    readonly away?: readonly string[];
    readonly readOnly?: boolean;
  },
): Promise<Consumed> {
  const awayNames = await Promise.all(away.map(endpointName));
  const result: Consumed = { ends: [], shares: [], handed: {}, told: [] };
  const messages = bodies.map((body) => ({
    body,
    attempts: 1,
    ack: () => void result.ends.push("ack"),
    retry: () => void result.ends.push("retry"),
  }));
  await consumeEvents(messages, {
    settings: {
      app: { clientId: "app-1", clientSecret: "" },
      events: { urls, secrets: [], types: undefined },
      readOnly,
    },
    env: {
      EVENTS: {
        sendBatch: (batch) => {
          const bytes = batch.reduce((sum, { body }) => sum + messageBytes(body) + 100, 0);
          if (bytes > MOST_BYTES) return Promise.reject(new Error(`Queue sendBatch failed: ${bytes} bytes`));
          result.shares.push(...batch.map(({ body }) => body));
          return Promise.resolve();
        },
      },
    },
    connection: () => ({
      deliver: ({ webhookId }) => {
        result.told.push(webhookId);
        return Promise.resolve({ ok: true, isNew: true } as const);
      },
    }),
    endpoint: (name) => ({
      take: (events) => {
        if (awayNames.includes(name)) return Promise.reject(new Error("reset"));
        for (const { id } of events) result.handed[id] = (result.handed[id] ?? 0) + 1;
        return Promise.resolve();
      },
      list: () => Promise.resolve([]),
      counts: () => Promise.resolve({ waiting: 0, dead: 0 }),
      erase: () => Promise.resolve({ waiting: 0, dead: 0 }),
      replay: () => Promise.resolve([]),
    }),
  });
  return result;
}

function message(id: string, type: string, text = ""): EventMessage {
  const body = JSON.stringify({ type, appId: "app", locationId: "loc", webhookId: id, text });
  return { appId: "app", event: { id, from: "highlevel", type, at: Date.now(), headers: {}, body } };
}

Deno.test("large events that several addresses could not take come again for those alone", async () => {
  const urls = Array.from({ length: 10 }, (_, at) => `https://e${at}.example/`);
  const large = message("large", "ContactCreate", "a".repeat(120_000));
  const { ends, shares, handed } = await consumed([large], { urls, away: urls.slice(1) });
  deepEqual([ends, handed], [["ack"], { large: 1 }]);
  equal(new Set(shares.map(({ to }) => to)).size, 9);
});

Deno.test("where an INSTALL cannot be done, as while read-only, it comes again without being handed out again", async () => {
  const install = message("i1", "INSTALL");
  const first = await consumed([install], { readOnly: true });
  deepEqual(first, {
    ends: ["ack"],
    shares: [{ ...install, isHandedOver: true }],
    handed: { i1: 2 },
    told: [],
  });
  const waiting = await consumed(first.shares, { readOnly: true });
  deepEqual(waiting, { ends: ["retry"], shares: [], handed: {}, told: [] });
  const done = await consumed(first.shares, {});
  deepEqual(done, { ends: ["ack"], shares: [], handed: {}, told: ["i1"] });

  const both = await consumed([install], { readOnly: true, away: ["https://b.example/"] });
  deepEqual([both.ends, both.handed], [["ack"], { i1: 1 }]);
  deepEqual(both.shares, [
    { ...install, to: await endpointName("https://b.example/") },
    { ...install, isHandedOver: true },
  ]);
  const nobody = await consumed([install], { away: ["https://a.example/", "https://b.example/"] });
  deepEqual(nobody, { ends: ["retry"], shares: [], handed: {}, told: ["i1"] });
});

Deno.test("what can be read when it comes can be read from the queue, a byte order mark before it too", async () => {
  const { event, ...rest } = message("i2", "UNINSTALL");
  const marked = { ...rest, event: { ...event, body: `\uFEFF${event.body}` } };
  const { ends, told } = await consumed([marked], {});
  deepEqual([ends, told], [["ack"], ["i2"]]);
});
