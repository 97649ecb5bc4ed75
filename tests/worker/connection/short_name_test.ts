import { equal } from "node:assert/strict";
import { shortName } from "../../../src/worker/connection/short_name.ts";

Deno.test("K14: a name is kept without blanks around it, 200 characters long at most, and no character is cut in two", () => {
  equal(shortName("  Kim's Dental \n"), "Kim's Dental");
  equal(shortName("x".repeat(1_000_000)), "x".repeat(200));
  equal(shortName("😀".repeat(300)), "😀".repeat(200));
  equal(shortName(`${"x".repeat(199)}😀😀`), `${"x".repeat(199)}😀`);
  equal(shortName(`${"x".repeat(99)}  more`, 100), "x".repeat(99));
  equal(shortName("   "), undefined);
  equal(shortName(""), undefined);
  equal(shortName(undefined), undefined);
});
