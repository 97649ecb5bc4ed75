import assert from "node:assert/strict";
import fc from "fast-check";
import { fromBase64, toBase64 } from "../../src/stores/base64.ts";

const BYTES = fc.uint8Array({ maxLength: 200 });

Deno.test("bytes survive base64, with the built-in and without", () => {
  const roundTrip = fc.property(BYTES, (bytes) => {
    const text = toBase64(bytes);
    assert.equal(text, btoa(String.fromCharCode(...bytes)));
    assert.deepEqual(fromBase64(text), new Uint8Array(bytes));
  });
  fc.assert(roundTrip);
  withoutBuiltIns(() => fc.assert(roundTrip));
});

Deno.test("what is not base64 has no bytes, with the built-in and without", () => {
  const check = (): void => {
    for (const text of ["?", "AAAA=", "A", "é", "AA-_"]) assert.equal(fromBase64(text), undefined, text);
    assert.deepEqual(fromBase64(" AA\nEC "), new Uint8Array([0, 1, 2]));
  };
  check();
  withoutBuiltIns(check);
});

/** As on Node 22, whose `Uint8Array` knows no base64. */
function withoutBuiltIns(run: () => void): void {
  const from = Object.getOwnPropertyDescriptor(Uint8Array, "fromBase64");
  const to = Object.getOwnPropertyDescriptor(Uint8Array.prototype, "toBase64");
  assert.ok(from && to);
  Reflect.deleteProperty(Uint8Array, "fromBase64");
  Reflect.deleteProperty(Uint8Array.prototype, "toBase64");
  try {
    run();
  } finally {
    Object.defineProperty(Uint8Array, "fromBase64", from);
    Object.defineProperty(Uint8Array.prototype, "toBase64", to);
  }
}
