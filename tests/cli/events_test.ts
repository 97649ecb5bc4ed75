import assert from "node:assert/strict";
import { cliWorld, ndjson } from "./cli_world.ts";
import { runnerFor } from "./worker_runner.ts";

const KEY = "admin-key-0123456789";

/** A worker with three dead letters, in pages of two. */
function worker() {
  const asked: string[] = [];
  const events = ["evt_1", "evt_2", "evt_3"].map((id) => ({
    id,
    type: "connection.lost",
    at: "2026-11-27T12:00:00.000Z",
    target: { locationId: "aaa" },
    deliveries: [{
      endpoint: "https://crm.example",
      place: 1,
      state: "dead",
      tries: 18,
      problem: "http_500",
    }],
  }));
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
    const { pathname, searchParams } = new URL(request.url);
    assert.equal(request.headers.get("authorization"), `Bearer ${KEY}`);
    const body: { ids?: string[] } | undefined = request.method === "POST" ? await request.json() : undefined;
    asked.push([pathname, body ? JSON.stringify(body) : searchParams.toString()].join(" "));
    if (body) {
      const { ids } = body;
      return Response.json({ replayed: ids ? 1 : 3, ...ids && { unknown: ids.slice(1) } });
    }
    const isFirst = !searchParams.has("cursor");
    return Response.json(
      isFirst ? { events: events.slice(0, 2), cursor: "next page" } : { events: events.slice(2) },
    );
  });
  return {
    asked,
    url: `http://127.0.0.1:${server.addr.port}`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

Deno.test("events list and replay: all pages, one or all sent again, and what was meant by mistake is told", async () => {
  await using world = cliWorld();
  await using fake = worker();
  const run = runnerFor(world, fake.url, KEY);

  const list = await run(["events", "list"]);
  assert.equal(list.code, 0);
  assert.match(
    list.out,
    /^ID +HAPPENED +TYPE +WHY\nevt_1 +2026-11-27 12:00 UTC +connection\.lost +https:\/\/crm\.example: answers 500 \(tried 18×\)\n/,
  );
  assert.match(list.out, /evt_3 /);
  assert.match(list.err, /3 dead letters\./);
  assert.deepEqual(fake.asked.splice(0), ["/events state=dead", "/events state=dead&cursor=next+page"]);
  const lines = ndjson((await run(["events", "list", "--state", "waiting", "--json"])).out);
  assert.deepEqual(lines.map(({ type, event }) => [type, Object(event).id]), [
    ["event", "evt_1"],
    ["event", "evt_2"],
    ["event", "evt_3"],
  ]);
  fake.asked.length = 0;

  assert.match((await run(["events", "replay", "--all"])).out, /^3 events on the way again\.\n$/);
  await run(["events", "replay", "--since", "2026-11-27T09:00Z"]);
  const some = await run(["events", "replay", "--id", "evt_1", "--id", "never-was"]);
  assert.equal(some.code, 1);
  assert.match(some.err, /never-was is no dead letter\./);
  assert.deepEqual(fake.asked.splice(0), [
    `/events/replay {"since":"1970-01-01T00:00:00.000Z"}`,
    `/events/replay {"since":"2026-11-27T09:00:00.000Z"}`,
    `/events/replay {"ids":["evt_1","never-was"]}`,
  ]);

  for (const wrong of [[], ["--all", "--id", "evt_1"], ["--since", "soon"], ["--id", "a b"]]) {
    assert.equal((await run(["events", "replay", ...wrong])).code, 2, wrong.join(" "));
  }
  assert.deepEqual(fake.asked, [], "nothing was asked by mistake");
});
