import assert from "node:assert/strict";
import { isFree, leaseIn } from "../../src/stores/lease.ts";

Deno.test("a lease says who holds it, its fence and how long the holder may be silent; anything else was never held", () => {
  const cases: readonly (readonly [unknown, ReturnType<typeof leaseIn>])[] = [
    [{ owner: "a", fence: 3, leaseMs: 30_000 }, { owner: "a", fence: 3, leaseMs: 30_000 }],
    [{ fence: 3 }, { fence: 3 }],
    // The first edition's: the moment in it is nobody's business.
    [{ owner: "a", until: 5 }, { owner: "a", fence: 0 }],
    [{ owner: "a", fence: 3, leaseMs: 1e12 }, { owner: "a", fence: 3 }],
    [{ owner: 5, fence: "3", leaseMs: "x" }, { fence: 0 }],
    [{ fence: NaN }, { fence: 0 }],
    [null, { fence: 0 }],
    ["MARK", { fence: 0 }],
    [[], { fence: 0 }],
  ];
  for (const [value, lease] of cases) assert.deepEqual(leaseIn(value), lease);
});

Deno.test("a lock is free where nobody holds it, or the holder was silent for its lease and a tenth", () => {
  assert.ok(isFree({ fence: 3 }, 0, 30_000));
  const held = { owner: "a", fence: 3, leaseMs: 10_000 };
  assert.ok(!isFree(held, 0, 1_000));
  assert.ok(!isFree(held, 10_999, 1_000));
  assert.ok(isFree(held, 11_000.1, 60_000));
  const old = { owner: "a", fence: 0 };
  assert.ok(!isFree(old, 32_999, 30_000));
  assert.ok(isFree(old, 33_000.1, 30_000));
});
