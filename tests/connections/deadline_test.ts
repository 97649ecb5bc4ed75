import assert from "node:assert/strict";
import { storeFailed } from "../../src/connections/deadline.ts";

Deno.test("a store's trouble is told by the name and the code of its error, never by its words", () => {
  const cases: readonly (readonly [code: unknown, told: string])[] = [
    ["42P01", "Error (42P01)"],
    ["ECONNREFUSED", "Error (ECONNREFUSED)"],
    ["SQLITE_BUSY", "Error (SQLITE_BUSY)"],
    ["ERR_SQLITE_ERROR", "Error (ERR_SQLITE_ERROR)"],
    ["postgres://app:MARK@db/1", "Error"],
    ["MARKmark", "Error"],
    ["A".repeat(41), "Error"],
    [5, "Error"],
    [undefined, "Error"],
  ];
  for (const [code, told] of cases) {
    const { message } = storeFailed("written", Object.assign(new Error("MARK"), { code }));
    assert.equal(message, `A record could not be written: the store threw ${told}.`);
  }
  assert.equal(storeFailed("read", "MARK").message, "A record could not be read: the store threw string.");
});
