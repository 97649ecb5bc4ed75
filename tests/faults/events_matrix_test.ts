import assert from "node:assert/strict";
import { endpointName } from "../../src/worker/events/endpoints_of.ts";
import { deliver, tell } from "../worker/calls.ts";
import { receivers, SECRETS } from "../worker/events/receivers.ts";
import { startWorld, TEST_ENTRY, until } from "../worker/worker_world.ts";
import { assertShowsNone, secretsOf } from "./secrets.ts";
import { Table } from "./table.ts";

const URL_OF_ALL = "https://events.example/all?key=address-secret";
/** Longer than whoever hands an event over waits for its receiver, ms. */
const STALL_MS = 2_300;

interface Trouble {
  readonly name: string;
  /** What the receiver answers. */
  readonly answers?: () => Response | Promise<Response>;
  /** A handle of `test_entry.ts`, and what ends it. */
  readonly handle?: readonly [name: string, on: Record<string, unknown>, off: Record<string, unknown>];
}

const queue = (
  what: string,
): NonNullable<Trouble["handle"]> => ["events", { what, times: 3 }, { what: "none", times: 0 }];

const TROUBLES: readonly Trouble[] = [
  { name: "receiver resets", answers: () => Promise.reject(new Error("reset")) },
  { name: "receiver answers 500", answers: () => new Response("no", { status: 500 }) },
  {
    name: "receiver answers 429",
    answers: () => new Response(null, { status: 429, headers: { "Retry-After": "120" } }),
  },
  {
    name: "receiver redirects inside",
    answers: () => new Response(null, { status: 307, headers: { Location: "http://127.0.0.1:9/" } }),
  },
  {
    name: "receiver answers HTML 502",
    answers: () => new Response("<html>", { status: 502, headers: { "Content-Type": "text/html" } }),
  },
  {
    name: "receiver stalls",
    answers: async () => {
      await new Promise((resolve) => setTimeout(resolve, STALL_MS));
      return new Response(null, { status: 503 });
    },
  },
  { name: "queue refuses", handle: queue("queue refuses") },
  { name: "consumer thrown out", handle: queue("consumer thrown out") },
  { name: "address's object reset", handle: queue("object reset") },
  { name: "connection's object reset", handle: ["reset", { times: 2 }, { times: 0 }] },
  { name: "storage full", handle: ["full", { full: true }, { full: false }] },
  { name: "KV put fails", handle: ["kv", { mode: "refuse" }, { mode: "ok" }] },
];

const table = new Table();

Deno.test("events in and out: whatever is in trouble, every event that was taken arrives once that is over, and nothing shows a secret", async () => {
  let trouble: Trouble | undefined;
  const world = receivers(() => trouble?.answers?.());
  await using worker = await startWorld({
    entry: TEST_ENTRY,
    variables: { EVENT_URLS: URL_OF_ALL, EVENT_SECRETS: SECRETS.join() },
    upstream: world.upstream,
  });
  const name = await endpointName(URL_OF_ALL);
  const during = async (one: Trouble, work: () => Promise<number>): Promise<number> => {
    trouble = one;
    if (one.handle) await worker.handle(one.handle[0], one.handle[1]);
    const before = world.all.length;
    const status = await work();
    // What happens after the answer meets the trouble as well.
    if (one.answers) await until(() => world.all.length > before);
    if (one.handle) await worker.handle(one.handle[0], one.handle[2]);
    trouble = undefined;
    return status;
  };
  const arrives = async (
    where: string,
    isThere: () => boolean,
    again: () => Promise<void>,
  ): Promise<void> => {
    await until(async () => {
      if (isThere()) return true;
      await again();
      await worker.advance(60_000);
      await worker.ring(name, "endpoint");
      return isThere();
    }).catch(() => assert.fail(`${where}: it never arrived`));
  };

  for (const one of TROUBLES) {
    const locationId = `in${TROUBLES.indexOf(one)}`;
    worker.sandbox.addLocation({ locationId });
    const types = { in: "INSTALL", out: "connection.installed" } as const;
    const has = (type: string): boolean =>
      world.taken("/all").some(({ json }) => json.type === type && JSON.stringify(json).includes(locationId));

    const timestamp = new Date(Date.now() + 1_000).toISOString();
    const body = { ...worker.sandbox.webhook("INSTALL", { locationId }), timestamp };
    const inGot = await during(one, async () => (await deliver(worker, body)).status);
    if (inGot !== 200) {
      assert.equal(inGot, 429, `${one.name}: what HighLevel does not deliver again must not be refused`);
      assert.equal((await deliver(worker, body)).status, 200, one.name);
    }
    await arrives(`${one.name}, in`, () => has(types.in), () => Promise.resolve());
    table.add(one.name, "events in", { got: String(inGot), end: "living" });

    const tokens = worker.sandbox.install({ locationId });
    const save = async (): Promise<number> => {
      const response = await worker.call(`/connections/location/${locationId}`, {
        method: "PUT",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(tokens),
      });
      await response.body?.cancel();
      return response.status;
    };
    // Real alarms do not follow the clock that is moved here.
    const tellAll = async (): Promise<void> => {
      await tell(worker, { locationId });
      await worker.ring(`location/${locationId}`);
    };
    const outGot = await during(one, async () => {
      const status = await save();
      await tellAll().catch(() => {});
      return status;
    });
    if (outGot !== 204) assert.equal(await save(), 204, one.name);
    await arrives(`${one.name}, out`, () => has(types.out), tellAll);
    table.add(one.name, "events out", { got: String(outGot), end: "living" });
  }

  table.print("What HighLevel, and whoever saves tokens, is answered while events are in trouble");
  assert.deepEqual(world.faults, []);
  const shown = [...worker.logs, ...world.all.map(({ json }) => JSON.stringify(json))];
  assertShowsNone(
    shown.join("\n"),
    secretsOf(worker.sandbox, ...SECRETS, "address-secret"),
    "logs and events",
  );
});
