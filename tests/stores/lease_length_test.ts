import assert from "node:assert/strict";
import fc from "fast-check";
import { checkLeaseMs } from "../../src/stores/lease_length.ts";

Deno.test("a lease lasts a whole number of milliseconds from 1,000 to 3,600,000", () => {
  fc.assert(fc.property(fc.integer({ min: 1000, max: 3_600_000 }), checkLeaseMs));
  for (const leaseMs of [0, 999, 1000.5, 3_600_001, 1e12, -30_000, NaN, Infinity]) {
    assert.throws(() => checkLeaseMs(leaseMs), { name: "TypeError", message: /^leaseMs must be/ });
  }
});
