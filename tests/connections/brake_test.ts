import assert from "node:assert/strict";
import { type Brake, type RunTrouble, slowed as slowedBrake, troubled } from "../../src/connections/brake.ts";
import type { Recovery } from "../../src/connections/recovery.ts";
import { HighLevelError } from "../../src/oauth/highlevel_error.ts";
import { world } from "./world.ts";

const target = { locationId: "brakeLocation" };
const fine: Recovery = {
  target,
  outcome: "recovered",
  by: "reconnect",
  attempts: [{ by: "reconnect", ms: 1 }],
};
const slowed: Recovery = {
  target,
  outcome: "failed",
  attempts: [{ by: "reconnect", code: "rate_limited", ms: 1 }],
  error: new HighLevelError("rate_limited", "slow down", { retryAfterMs: 5_000 }),
};

/** A brake that remembers itself. */
function createBrake(concurrency: number): {
  readonly limit: () => number;
  readonly note: (recovery: Recovery) => number;
} {
  let brake: Brake = { limit: concurrency, lately: [] };
  return {
    limit: () => Math.max(1, Math.floor(brake.limit)),
    note: (recovery) => {
      const after = slowedBrake(brake, recovery, concurrency);
      brake = after.brake;
      return after.pauseMs;
    },
  };
}

Deno.test("what stops a run: credentials never accepted at once, all else after 20 in a row", () => {
  const failed = (code: "invalid_client" | "unavailable" | "rate_limited"): Recovery => ({
    target,
    outcome: "failed",
    attempts: [],
    error: new HighLevelError(code, "no"),
  });
  const [refused, down, slow] = [failed("invalid_client"), failed("unavailable"), failed("rate_limited")];
  const down20 = Array.from({ length: 20 }, () => down);
  const cases: readonly (readonly [readonly Recovery[], string | undefined])[] = [
    [[refused], "refused"],
    [[fine, refused], undefined],
    [[fine, ...down20.map(() => refused)], "refused"],
    [down20.slice(1), undefined],
    [down20, "outage"],
    [[...down20.slice(1), fine, down], undefined],
    [down20.map(() => slow), undefined],
  ];
  for (const [results, expected] of cases) {
    let trouble: RunTrouble = { inARow: 0, isAccepted: false };
    let stop: string | undefined;
    for (const result of results) {
      const after = troubled(trouble, result);
      ({ trouble } = after);
      stop = after.stop;
    }
    assert.equal(stop, expected);
  }
});

Deno.test("C9: one connection's 429 slows nobody else down; many halve the run and let it wait", () => {
  const brake = createBrake(32);
  assert.deepEqual([brake.note(slowed), brake.note(slowed), brake.note(slowed)], [0, 0, 0]);
  assert.equal(brake.limit(), 32);
  assert.equal(brake.note(slowed), 5_000);
  assert.equal(brake.limit(), 16);
  for (let more = 0; more < 40; more++) brake.note(slowed);
  assert.equal(brake.limit(), 1, "one always goes on");
});

Deno.test("while nobody is told to slow down there are more again, one by one, up to what was asked for", () => {
  const brake = createBrake(8);
  for (let more = 0; more < 40; more++) brake.note(slowed);
  let rounds = 0;
  while (brake.limit() < 8 && rounds < 1_000) {
    const before = brake.limit();
    brake.note(fine);
    assert.ok(brake.limit() <= before + 1);
    rounds++;
  }
  assert.ok(rounds > 20 && rounds < 100, `${rounds}`);
  for (let more = 0; more < 100; more++) brake.note(fine);
  assert.equal(brake.limit(), 8);
});

Deno.test("now and then a 429 among many recoveries brakes nothing", () => {
  const brake = createBrake(32);
  for (let more = 0; more < 200; more++) assert.equal(brake.note(more % 10 === 0 ? slowed : fine), 0);
  assert.equal(brake.limit(), 32);
});

Deno.test("C9: a run whose connections are told to slow down asks less, and ends with all of them", async () => {
  const w = world();
  const targets = Array.from({ length: 200 }, (_, index) => ({ locationId: `brakeLocation${index}` }));
  for (const each of targets) w.sandbox.addLocation(each);
  // HighLevel as a whole takes 25 requests a second.
  let windowFrom = w.clock.at;
  let inWindow = 0;
  let refused = 0;
  const connections = w.another({
    app: {
      ...w.sandbox.app,
      fetch: async (url, init) => {
        if (w.clock.at - windowFrom >= 1_000) [windowFrom, inWindow] = [w.clock.at, 0];
        if (++inWindow > 25) {
          refused++;
          return new Response(`{"message":"Too Many Requests"}`, {
            status: 429,
            headers: { "Retry-After": "1" },
          });
        }
        return await w.sandbox.fetch(url, init);
      },
    },
  });
  let left = targets;
  for (let run = 0; left.length > 0 && run < 20; run++) {
    const again: typeof left = [];
    for await (const { target, outcome } of connections.recoverAll(left)) {
      if (outcome !== "recovered" && target.locationId) again.push({ locationId: target.locationId });
    }
    left = again;
  }
  assert.equal(left.length, 0);
  assert.ok(refused < 400, `${refused} of 429 for 400 requests that had to be`);
});
