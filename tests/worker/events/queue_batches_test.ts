import { deepEqual, equal, ok } from "node:assert/strict";
import type { EventMessage } from "../../../src/worker/events/event_message.ts";
import { messageBytes, queueBatches } from "../../../src/worker/events/queue_batches.ts";

/** What one call of a queue takes, bytes and messages (Cloudflare, Queues, Limits). */
const [MOST_BYTES, MOST_MESSAGES] = [256_000, 100];

function message(id: string, characters: number): EventMessage {
  const body = "a".repeat(characters);
  return { appId: "app", event: { id, from: "highlevel", type: "ContactCreate", at: 0, headers: {}, body } };
}

Deno.test("messages go to the queue in parts that it takes, none lost, in their order", () => {
  for (const sizes of [[], [1], [126_000, 126_000, 126_000], Array(300).fill(10), Array(60).fill(6_000)]) {
    const messages = sizes.map((size, at) => message(`e${at}`, size));
    const batches = queueBatches(messages);
    deepEqual(batches.flat().map(({ body }) => body), messages);
    for (const batch of batches) {
      ok(batch.length > 0 && batch.length <= MOST_MESSAGES);
      ok(batch.reduce((sum, { body }) => sum + messageBytes(body) + 100, 0) <= MOST_BYTES);
    }
  }
  equal(queueBatches(Array.from({ length: 50 }, (_, at) => message(`e${at}`, 10))).length, 1);
});
