import type { EventMessage } from "./event_message.ts";

/** Messages in one call of the queue, and their bytes: Cloudflare allows 100, and 256 KB. */
const MOST_MESSAGES = 50;
const MOST_BYTES = 250_000;
/** What the queue adds to a message, bytes. */
const OVERHEAD_BYTES = 100;

/** What a message of the queue takes, bytes, without the queue's own part. */
export function messageBytes(message: EventMessage): number {
  return new TextEncoder().encode(JSON.stringify(message)).length;
}

/** `messages` in their order, in parts that one `sendBatch` takes. */
export function queueBatches(messages: readonly EventMessage[]): { readonly body: EventMessage }[][] {
  const batches: { readonly body: EventMessage }[][] = [];
  let bytes = Infinity;
  for (const body of messages) {
    const own = messageBytes(body) + OVERHEAD_BYTES;
    bytes += own;
    const last = batches.at(-1);
    if (last && bytes <= MOST_BYTES && last.length < MOST_MESSAGES) last.push({ body });
    else {
      batches.push([{ body }]);
      bytes = own;
    }
  }
  return batches;
}
