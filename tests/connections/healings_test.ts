// HighLevel says 401 of a living token that may not do a thing: no such answer heals, refreshes or pauses.
import assert from "node:assert/strict";
import fc from "fast-check";
import type { TestWorld } from "./world.ts";
import { traffic, world } from "./world.ts";

const LOCATION = { locationId: "scopeLocation1" };
const OLD = 60_000;

/** What HighLevel says with 401 of a living token. */
const LIMITS = [
  "The token is not authorized for this scope.",
  "This authClass type is not allowed to access this scope. Please use a different token",
  "This AuthClass is not yet supported",
  "Token's user type mismatch!",
  "This location is not accessible from this token.",
  "version header was not found.",
];
const refused = (message: string): Response =>
  Response.json({ statusCode: 401, message, error: "Unauthorized" }, { status: 401 });

/** A connection that is no longer young, with API calls answered by `answer`. */
async function answered(answer: (path: string) => Response) {
  const w: TestWorld = world();
  await w.connect(LOCATION);
  w.clock.at += OLD;
  const connections = w.another({
    app: {
      ...w.sandbox.app,
      fetch: (url, init) =>
        url.includes("/oauth/") ? w.sandbox.fetch(url, init) : Promise.resolve(answer(new URL(url).pathname)),
    },
  });
  const call = async (path: string): Promise<number> => {
    const response = await connections.fetch(LOCATION, path);
    await response.text();
    return response.status;
  };
  return { ...w, call };
}

Deno.test("20 calls that work and 20 that lack a scope, alternating, cost no refresh and no pause", async () => {
  const { sandbox, clock, connections, connect } = world();
  await connect(LOCATION);
  sandbox.setScope("locations.readonly"); // and not contacts.readonly
  for (let turn = 0; turn < 20; turn++) {
    const works = await connections.fetch(LOCATION, `/locations/${LOCATION.locationId}`);
    const lacks = await connections.fetch(LOCATION, `/contacts/?locationId=${LOCATION.locationId}`);
    assert.deepEqual([works.status, lacks.status], [200, 401]);
    await works.body?.cancel();
    assert.match(await lacks.text(), /not authorized for this scope/, "the answer is handed on, unread");
  }
  assert.deepEqual(traffic(sandbox), { others: 40 });
  assert.deepEqual(clock.slept, []);
});

for (const message of LIMITS) {
  Deno.test(`401 "${message}" heals nothing`, async () => {
    const { sandbox, clock, call } = await answered(() => refused(message));
    for (let turn = 0; turn < 3; turn++) assert.equal(await call("/contacts/"), 401);
    assert.deepEqual(traffic(sandbox), {});
    assert.deepEqual(clock.slept, []);
  });
}

Deno.test("no sequence of scope refusals, successes and waits ever refreshes", async () => {
  const step = fc.record({
    limit: fc.option(fc.constantFrom(...LIMITS)),
    path: fc.constantFrom("/contacts/", "/contacts/abc123def456", "/locations/x", "/calendars/events"),
    waitMs: fc.constantFrom(0, 500, 20_000, 61_000),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
      let limit: string | null = null;
      const { sandbox, clock, call } = await answered(() =>
        limit === null ? Response.json({}) : refused(limit)
      );
      for (const next of steps) {
        limit = next.limit;
        clock.at += next.waitMs;
        assert.equal(await call(next.path), limit === null ? 200 : 401);
      }
      assert.deepEqual(traffic(sandbox), {});
    }),
    { numRuns: 100 },
  );
});

Deno.test("a 401 in words nobody knows is healed once a minute and kind of path, whatever else works", async () => {
  const { sandbox, clock, call } = await answered((path) =>
    path.startsWith("/odd/") ? refused("The moon is in the wrong phase") : Response.json({})
  );
  for (let turn = 0; turn < 20; turn++) {
    assert.equal(await call("/contacts/"), 200);
    assert.equal(await call(`/odd/${turn}abcdefghijk`), 401);
    clock.at += 1_000;
  }
  assert.deepEqual(traffic(sandbox), { refresh: 1 });
  clock.at += 60_000;
  assert.equal(await call("/odd/anything1234"), 401);
  assert.deepEqual(traffic(sandbox), { refresh: 2 });
});

Deno.test("a body of a 401 that never ends holds nobody up: it is taken as a dead token", async () => {
  const endless = new ReadableStream<Uint8Array>({ start: (c) => c.enqueue(new TextEncoder().encode("{")) });
  let calls = 0;
  const { sandbox, call } = await answered(() =>
    calls++ === 0 ? new Response(endless, { status: 401 }) : Response.json({})
  );
  assert.equal(await call("/contacts/"), 200);
  assert.deepEqual(traffic(sandbox), { refresh: 1 });
});
