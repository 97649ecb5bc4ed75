import assert from "node:assert/strict";
import type { FaultKind } from "../../src/sandbox/mod.ts";
import { type TestWorld, world } from "./world.ts";

const LOCATION = { locationId: "lossyLocation" };
const COMPANY = { companyId: "lossyCompany" };

const LOSSES: readonly FaultKind[] = [
  "refuse",
  "reset_before",
  "reset_after",
  "cut_body",
  "stream_error",
  "empty",
  "html_502",
  "html_502_after",
  "status_after",
  "huge",
  "wrong_types",
];

const REQUESTS: readonly {
  readonly on: "refresh" | "reconnect" | "exchange" | "locationToken";
  readonly prepare: (w: TestWorld) => Promise<void>;
}[] = [
  {
    on: "refresh",
    prepare: async ({ connect, expire }) => {
      await connect(LOCATION);
      expire();
    },
  },
  {
    on: "reconnect",
    prepare: async ({ sandbox }) => {
      sandbox.addLocation(LOCATION);
      await Promise.resolve();
    },
  },
  {
    on: "exchange",
    prepare: async ({ sandbox }) => {
      sandbox.addLocation(LOCATION);
      await Promise.resolve();
    },
  },
  {
    on: "locationToken",
    prepare: ({ leaveOnlyAgency }) => leaveOnlyAgency(LOCATION, COMPANY),
  },
];

for (const { on, prepare } of REQUESTS) {
  for (const kind of LOSSES) {
    Deno.test(`a ${on} whose answer is lost once (${kind}) heals in the same call`, async () => {
      const w = world();
      await prepare(w);
      const fault = w.sandbox.fault({ on, kind });
      assert.ok(w.sandbox.isLiving(await w.connections.accessToken(LOCATION)));
      assert.equal(fault.hits, 1);
      assert.ok(w.sandbox.counts.spentRefreshTokenUses <= 1);
    });

    if (kind === "wrong_types") continue; // spoils the refusals that follow, too
    Deno.test(`a ${on} whose answer is lost again and again (${kind}) fails, and heals with the next call`, async () => {
      const w = world();
      await prepare(w);
      w.sandbox.fault({ on, kind, times: Infinity });
      await assert.rejects(w.connections.accessToken(LOCATION), (error: unknown) => {
        assert.ok(error instanceof Error && "retryable" in error && "code" in error);
        // An exchange or refresh that was carried out ends its code or token; then only a new way helps.
        return error.retryable === true || error.code === "invalid_grant";
      });
      w.sandbox.clearFaults();
      assert.ok(w.sandbox.isLiving(await w.connections.accessToken(LOCATION)));
      assert.equal((await w.connections.get(LOCATION))?.status, "connected");
    });
  }
}

Deno.test("a refresh whose answer is lost is asked again within HighLevel's window, and answered alike", async () => {
  for (const lost of [1, 2, 3, 4]) {
    const { sandbox, clock, connect, expire, connections } = world();
    await connect(LOCATION);
    expire();
    const startedAt = clock.at;
    sandbox.fault({ on: "refresh", kind: "reset_after", times: lost });
    const { attempts, by } = await connections.recover(LOCATION);
    assert.deepEqual([by, attempts.length], ["refresh", 1]);
    const sentAt = sandbox.requests.map(({ at }) => at - startedAt);
    const due = [0, 1_000, 4_000, 10_000, 20_000];
    assert.equal(sentAt.length, lost + 1);
    for (const [index, at] of sentAt.entries()) {
      assert.ok(Math.abs(at - (due[index] ?? NaN)) <= (due[index] ?? NaN) / 10, `${sentAt}`);
    }
    const bodies = new Set(sandbox.requests.map(({ body }) => body));
    assert.equal(bodies.size, 1, "the very same pair and token");
    assert.deepEqual(
      [sandbox.counts.windowRepeats, sandbox.counts.spentRefreshTokenUses, sandbox.counts.reconnect],
      [lost, 0, 0],
    );
  }
});

Deno.test("a refresh whose answer is lost is repeated, then recovered, where the window is no more", async () => {
  const { sandbox, connect, expire, connections } = world({ sandbox: { refreshWindowMs: 0 } });
  await connect(LOCATION);
  expire();
  sandbox.fault({ on: "refresh", kind: "reset_after" });
  const { attempts, by } = await connections.recover(LOCATION);
  assert.equal(by, "reconnect");
  assert.deepEqual(attempts.map(({ by, code }) => [by, code]), [["refresh", "invalid_grant"], [
    "reconnect",
    undefined,
  ]]);
  assert.equal(sandbox.counts.refresh, 2);
  assert.equal(sandbox.counts.spentRefreshTokenUses, 1);
});

Deno.test("an answer that never comes ends with the time limit, and the next call heals", async () => {
  const { sandbox, connect, expire, another } = world();
  await connect(LOCATION);
  expire();
  sandbox.fault({ on: "refresh", kind: "hang_after", times: 5 });
  const connections = another({ timeoutMs: 5 });
  await assert.rejects(connections.accessToken(LOCATION), { code: "timeout", retryable: true });
  assert.ok(sandbox.isLiving(await connections.accessToken(LOCATION)));
});
