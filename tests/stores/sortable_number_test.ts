import assert from "node:assert/strict";
import fc from "fast-check";
import { sortableNumber } from "../../src/stores/sortable_number.ts";

Deno.test("any two numbers sort as texts as they do as numbers", () => {
  const number = fc.oneof(fc.double({ noNaN: true }), fc.integer(), fc.constantFrom(0, 1, -1, Date.now()));
  fc.assert(fc.property(number, number, (a, b) => {
    const [one, other] = [sortableNumber(a), sortableNumber(b)];
    assert.match(one, /^[0-9a-f]{16}$/);
    if (a < b) assert.ok(one < other);
    if (Object.is(a, b)) assert.equal(one, other);
  }));
});
