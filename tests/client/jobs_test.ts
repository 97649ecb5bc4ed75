import assert from "node:assert/strict";
import fc from "fast-check";
import { EventLines, eventsOf } from "../../src/client/event_stream.ts";
import { type JobEvent, WorkerError } from "../../src/client/mod.ts";
import { workerHost } from "../../src/client/options.ts";
import { cursorMark } from "../../src/client/pages_of.ts";
import { KEY, problem, rejectionOf, stub, type StubRequest, URL_OF_STUB } from "./stub_worker.ts";

const AT = "2026-11-27T09:00:00.000Z";

function job(status: string, more: Record<string, unknown> = {}): Record<string, unknown> {
  const counts = { total: 3, remaining: 0, recovered: 1, paused: 0, reauthorization_required: 1, failed: 1 };
  return { id: "job1", status, startedBy: "crm", createdAt: AT, progressAt: AT, ...counts, ...more };
}

/** What a job tells: positions as the worker numbers them. */
const TOLD: readonly (readonly [event: string, id: number, data: Record<string, unknown>])[] = [
  ["progress", 0, job("running", { recovered: 0 })],
  ["unrecovered", 1, {
    seq: 1,
    target: { locationId: "gone" },
    outcome: "reauthorization_required",
    code: "not_installed",
    message: "Location gone: HighLevel answered 400.",
    traceId: "trace",
    authorizationUrl: "https://worker.example/r/AAAA",
  }],
  ["unrecovered", 2, { seq: 2, target: { companyId: "agency" }, outcome: "failed" }],
  ["progress", 2, job("running")],
  ["done", 2, job("done", { finishedAt: AT })],
];

function textOf(events: readonly (typeof TOLD)[number][]): string {
  return events.map(([event, id, data]) => `event: ${event}\nid: ${id}\ndata: ${JSON.stringify(data)}\n\n`)
    .join("");
}

function streamed(text: string): Response {
  return new Response(text, { headers: { "Content-Type": "text/event-stream" } });
}

/** What comes after the position that a reader has: as the worker does it. */
function after({ headers }: StubRequest): readonly (typeof TOLD)[number][] {
  const id = Number(headers.get("last-event-id") ?? 0);
  return TOLD.filter(([event, at]) => event !== "unrecovered" || at > id);
}

async function all(events: AsyncIterable<JobEvent>): Promise<JobEvent[]> {
  return await Array.fromAsync(events);
}

Deno.test("a job is followed from its beginning to its end: how far it is, and who is not back", async () => {
  const { client, requests } = stub((request) =>
    request.line === "POST /recoveries"
      ? Response.json(job("listing", { recovered: 0 }), { status: 202 })
      : streamed(`: a remark\n\n${textOf(after(request))}`)
  );
  const told = await all(client.recoverMany({ targets: [{ locationId: "gone" }, { companyId: "agency" }] }));
  assert.deepEqual(requests.map(({ line }) => line), ["POST /recoveries", "GET /recoveries/job1/events"]);
  assert.deepEqual(JSON.parse(requests[0]?.body ?? ""), {
    targets: [{ locationId: "gone" }, { companyId: "agency" }],
  });
  assert.deepEqual(told.map(({ type }) => type), [
    "progress",
    "progress",
    "unrecovered",
    "unrecovered",
    "progress",
    "done",
  ]);
  const [first, , gone, agency, , done] = told;
  assert.ok(first?.type === "progress" && first.job.status === "listing");
  assert.ok(gone?.type === "unrecovered" && agency?.type === "unrecovered");
  const { error, ...recovery } = gone.recovery;
  assert.deepEqual(recovery, {
    target: { locationId: "gone" },
    outcome: "reauthorization_required",
    attempts: [],
    traceId: "trace",
    authorizationUrl: "https://worker.example/r/AAAA",
  });
  assert.deepEqual([error?.code, error?.message], [
    "not_installed",
    "Location gone: HighLevel answered 400.",
  ]);
  assert.deepEqual(agency.recovery, { target: { companyId: "agency" }, outcome: "failed", attempts: [] });
  assert.ok(done?.type === "done");
  assert.deepEqual(done.job.finishedAt, new Date(AT));
});

Deno.test("a stream that breaks is taken up where it broke; a restart, a page and a rate limit are waited out", async () => {
  const breaks: readonly ((request: StubRequest) => Response)[] = [
    (request) => streamed(textOf(after(request).slice(0, 2)) + "event: unrecovered\nid: 2\ndata: {"),
    () => {
      throw new TypeError("connection refused");
    },
    () => new Response("error code: 1101", { status: 500 }),
    () => problem(429, "too_many_requests", { retryAfter: 30 }),
    () => problem(503, "internal"),
    (request) => streamed(textOf(after(request))),
  ];
  const { client, requests, waits } = stub((request, before) => breaks[before]?.(request) ?? streamed(""));
  const told = await all(client.jobs.follow("job1"));
  const ended = told.flatMap((event) =>
    event.type === "unrecovered" ? [JSON.stringify(event.recovery.target)] : []
  );
  assert.deepEqual(ended, ['{"locationId":"gone"}', '{"companyId":"agency"}'], "each once");
  assert.deepEqual(requests.map(({ headers }) => headers.get("last-event-id")), [
    null,
    "1",
    "1",
    "1",
    "1",
    "1",
  ]);
  assert.equal(Math.max(...waits), 30_000, "the worker's word when to come again is kept");
  assert.ok(requests.every(({ headers }) => headers.get("accept") === "text/event-stream"));
});

Deno.test("a worker that stays away is given up after a minute and a half, longer than a deploy takes", async () => {
  const { client, waits } = stub(() => {
    throw new TypeError("connection refused");
  });
  const error = await rejectionOf(all(client.jobs.follow("job1")));
  assert.ok(error instanceof WorkerError && error.code === "network");
  const waited = waits.reduce((sum, ms) => sum + ms, 0);
  assert.ok(waited > 80_000 && waited < 120_000, `${waited} ms`);
});

for (
  const [what, ...texts] of [
    ["nothing", ""],
    ["a pulse", ": nothing new\n\n"],
    ["the same progress", textOf(TOLD.slice(0, 1))],
    ["the same events", textOf(TOLD.slice(0, 3))],
    ["one of two jobs", textOf(TOLD.slice(0, 1)), textOf(TOLD.slice(0, 2))],
  ] as const
) {
  Deno.test(`a stream that ends at once with ${what}, again and again, is given up after growing pauses`, async () => {
    const { client, requests, waits } = stub((_, before) => {
      if (before > 100) throw new Error("it comes back for ever");
      return streamed(texts[before % texts.length] ?? "");
    });
    const error = await rejectionOf(all(client.jobs.follow("job1")));
    assert.ok(error instanceof WorkerError && error.code === "network", String(error));
    assert.match(error.message, /does not tell how the job goes on/);
    assert.ok(requests.length <= 15 + texts.length, `${requests.length} requests`);
    assert.equal(Math.max(...waits), 10_000);
    const waited = waits.reduce((sum, ms) => sum + ms, 0);
    assert.ok(waited > 80_000 && waited < 120_000, `${waited} ms`);
  });
}

Deno.test("a job that waits for hours is followed: its stream tells that it waits, lasts, and ends", async () => {
  const waiting = textOf([["progress", 2, job("waiting", { nextTryAt: AT })]]);
  const { client, requests, waits, pass } = stub((_, before) => {
    if (before === 50) return streamed(textOf(TOLD));
    const pieces = [waiting, ": nothing new\n\n"];
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        const piece = pieces.shift();
        if (piece !== undefined) return controller.enqueue(new TextEncoder().encode(piece));
        pass(10_000); // as the strictest of proxies cuts it
        controller.close();
      },
    }, { highWaterMark: 0 });
    return new Response(body);
  });
  const told = await all(client.jobs.follow("job1"));
  assert.equal(told.at(-1)?.type, "done");
  assert.equal(requests.length, 51);
  assert.ok(Math.max(...waits) <= 500, "it is no break");
});

for (
  const [what, answer, code] of [
    ["a job that there is not", () => problem(404, "not_found"), "invalid_request"],
    ["a wrong key", () => problem(401, "wrong_key"), "unauthorized"],
    ["another service", () => new Response("hello", { status: 404 }), "malformed_response"],
    [
      "an event that is none of a job's",
      () => streamed(`event: progress\ndata: {"id":"job1"}\n\n`),
      "malformed_response",
    ],
  ] as const
) {
  Deno.test(`${what} ends the following at once`, async () => {
    const { client, requests } = stub(answer);
    const error = await rejectionOf(all(client.jobs.follow("job1")));
    assert.ok(error instanceof WorkerError, String(error));
    assert.equal(error.code, code);
    assert.equal(requests.length, 1);
  });
}

Deno.test("a stream that has gone silent is taken up anew", async () => {
  let asked = 0;
  const host = workerHost({
    url: URL_OF_STUB,
    key: KEY,
    sleep: () => Promise.resolve(),
    fetch: (_, { signal }) => {
      const open = new ReadableStream({
        start: (controller) => signal?.addEventListener("abort", () => controller.error(signal.reason)),
      });
      return Promise.resolve(asked++ === 0 ? new Response(open) : streamed(textOf(TOLD)));
    },
  });
  const told = [];
  for await (const { event } of eventsOf(host, "/recoveries/job1/events", undefined, 200)) {
    told.push(event);
    if (event === "done") break;
  }
  assert.deepEqual([asked, told.length], [2, TOLD.length]);
});

Deno.test("who leaves, by a signal or by himself, leaves no request behind and hears no error", async () => {
  for (const leaves of ["by signal", "by break"] as const) {
    let signal: AbortSignal | null | undefined;
    const leaving = new AbortController();
    const host = workerHost({
      url: URL_OF_STUB,
      key: KEY,
      fetch: (_, init) => {
        signal = init.signal;
        const open = new ReadableStream({
          start: (controller) => controller.enqueue(new TextEncoder().encode(textOf(TOLD.slice(0, 1)))),
        });
        return Promise.resolve(new Response(open));
      },
    });
    for await (const _ of eventsOf(host, "/x", leaving.signal)) {
      if (leaves === "by signal") leaving.abort();
      else break;
    }
    assert.equal(signal?.aborted, true, leaves);
  }
});

Deno.test("a stream is read no further than its reader has come", async () => {
  let made = 0;
  const { client } = stub(() => {
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        const data = { seq: ++made, target: { locationId: `l${made}` }, outcome: "failed" };
        const text = `event: unrecovered\nid: ${made}\ndata: ${JSON.stringify(data)}\n\n`;
        controller.enqueue(new TextEncoder().encode(text));
      },
    }, { highWaterMark: 0 });
    return new Response(body);
  });
  let read = 0;
  for await (const _ of client.jobs.follow("job1")) {
    assert.ok(made <= ++read + 1, `${made} made, ${read} read`);
    if (read === 1_000) break;
  }
});

Deno.test("events are the same however their text is cut into pieces, and whatever line ends they have", () => {
  const whole = [...new EventLines().take(textOf(TOLD))];
  assert.equal(whole.length, TOLD.length);
  fc.assert(fc.property(fc.array(fc.nat(30), { maxLength: 60 }), fc.boolean(), (sizes, isWindows) => {
    const text = isWindows ? textOf(TOLD).replaceAll("\n", "\r\n") : textOf(TOLD);
    const lines = new EventLines();
    const events = [];
    let at = 0;
    for (const size of sizes) events.push(...lines.take(text.slice(at, at += size)));
    events.push(...lines.take(text.slice(at)));
    assert.deepEqual(events, whole);
  }));
});

Deno.test("pages of jobs follow by cursor; one is looked at, paused, resumed and cancelled by its id", async () => {
  const { client, requests } = stub(({ line }) => {
    if (line === "GET /recoveries") {
      return Response.json({ recoveries: [job("running")], cursor: "next one" });
    }
    if (line.startsWith("GET /recoveries?")) return Response.json({ recoveries: [job("done")] });
    if (line.endsWith("/none")) return problem(404, "not_found");
    return Response.json(job("paused"));
  });
  assert.deepEqual((await Array.fromAsync(client.jobs.list())).map(({ status }) => status), [
    "running",
    "done",
  ]);
  assert.equal((await client.jobs.get("job1"))?.status, "paused");
  assert.equal(await client.jobs.get("none"), undefined);
  for (const act of ["pause", "resume", "cancel"] as const) await client.jobs[act]("job1");
  assert.deepEqual(requests.map(({ line }) => line), [
    "GET /recoveries",
    "GET /recoveries?cursor=next+one",
    "GET /recoveries/job1",
    "GET /recoveries/none",
    "POST /recoveries/job1/pause",
    "POST /recoveries/job1/resume",
    "DELETE /recoveries/job1",
  ]);
});

Deno.test("who has left already starts no job", async () => {
  const { client, requests } = stub(() => Response.json(job("listing"), { status: 202 }));
  assert.deepEqual(await all(client.recoverMany({ status: "broken" }, { signal: AbortSignal.abort() })), []);
  assert.deepEqual(requests, []);
});

for (const around of [1, 2, 3, 7]) {
  Deno.test(`a list whose pages go round in a ring of ${around} ends with an error, and not never`, async () => {
    const { client, requests } = stub((_, before) => {
      if (before > 100) throw new Error("it goes on for ever");
      return Response.json({ recoveries: [job("done")], cursor: `page${before % around}` });
    });
    const error = await rejectionOf(Array.fromAsync(client.jobs.list()));
    assert.ok(error instanceof WorkerError && error.code === "malformed_response", String(error));
    assert.match(error.message, /its pages do not go on/);
    assert.ok(requests.length <= 3 * around + 1, `${requests.length} requests`);
  });
}

Deno.test("cursors are found to go round after a few rounds at most, and never where each is another", () => {
  const table: readonly (readonly [way: number, ring: number])[] = [
    [0, 1],
    [0, 2],
    [1, 1],
    [1, 2],
    [5, 3],
    [8, 8],
    [100, 1],
    [100, 37],
  ];
  for (const [way, ring] of table) {
    const isRound = cursorMark();
    let steps = 1;
    const at = (step: number): string => String(step < way ? step : way + (step - way) % ring);
    while (!isRound(at(steps - 1))) assert.ok(++steps < 1_000, `way ${way}, ring ${ring}`);
    assert.ok(steps > way + ring, `way ${way}, ring ${ring}: none was there twice after ${steps}`);
    assert.ok(steps <= 3 * (way + ring) + 1, `way ${way}, ring ${ring}: ${steps} steps`);
  }
  const isRound = cursorMark();
  for (let step = 0; step < 10_000; step++) assert.equal(isRound(String(step)), false);
});
