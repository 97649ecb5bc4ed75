import { createClient } from "../../../src/client/mod.ts";
import { heap } from "../heap.ts";
import { grouped, mebibytes } from "../quantity.ts";
import { figure } from "../row.ts";
import { atMost, type Row } from "../section.ts";

const ITEMS = 10_000;
const FIRST = 1_000;
/** An event that is kept takes 500 bytes and more. */
const MOST_BYTES_EACH = 50;
const AT = "2026-11-27T00:00:00.000Z";

/** What a reader of a job of 10,000, of which none comes back, holds on its way, after garbage was collected. */
export async function followedJob(): Promise<Row[]> {
  const client = createClient({
    url: "https://worker.example",
    key: "key",
    fetch: () => Promise.resolve(new Response(events())),
  });
  let read = 0;
  let [first, last] = [0, 0];
  const before = heap();
  for await (const { type } of client.jobs.follow("bench")) {
    if (type === "unrecovered") read++;
    if (read === FIRST && first === 0) first = heap() - before;
    if (read === ITEMS && last === 0) last = heap() - before;
  }
  const each = (last - first) / (ITEMS - FIRST);
  const bytes = (value: number): string => `${value.toFixed(0)} B`;
  return [
    figure(`heap held after ${grouped(ITEMS)} events of a job`, last, mebibytes),
    figure(
      `growth per event from ${grouped(FIRST)} to ${grouped(ITEMS)}`,
      each,
      bytes,
      atMost(each, MOST_BYTES_EACH, bytes),
    ),
  ];
}

/** A stream as the worker's, made as it is read. */
function events(): ReadableStream<Uint8Array> {
  let at = 0;
  const encoder = new TextEncoder();
  const job = (status: string): object => ({
    id: "bench",
    status,
    startedBy: "bench",
    createdAt: AT,
    progressAt: AT,
    total: ITEMS,
    remaining: ITEMS - at,
    recovered: 0,
    paused: 0,
    reauthorization_required: at,
    failed: 0,
  });
  return new ReadableStream({
    pull: (controller) => {
      if (at === ITEMS) {
        controller.enqueue(
          encoder.encode(`event: done\nid: ${at}\ndata: ${JSON.stringify(job("done"))}\n\n`),
        );
        return controller.close();
      }
      const item = {
        seq: ++at,
        target: { locationId: `bench${at}` },
        outcome: "reauthorization_required",
        code: "not_installed",
        message: `Location bench${at}: HighLevel answered 400: "App is not installed".`,
        authorizationUrl: `https://worker.example/r/${"x".repeat(200)}`,
      };
      const progress = at % 100 === 0
        ? `event: progress\nid: ${at}\ndata: ${JSON.stringify(job("running"))}\n\n`
        : "";
      controller.enqueue(
        encoder.encode(`event: unrecovered\nid: ${at}\ndata: ${JSON.stringify(item)}\n\n${progress}`),
      );
    },
  }, { highWaterMark: 0 });
}
