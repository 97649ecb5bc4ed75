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

Deno.test("a name is one line that can be seen, and turns no words around it", () => {
  equal(shortName("line\r\nbreak\tand\u2028more"), "line break and more");
  equal(shortName("\u202Egnp.exe\u202C \u2066Kim\u2069"), "gnp.exe Kim");
  equal(shortName("\u0000\u0007"), undefined);
  equal(shortName("\u200b\u200b \u200d"), undefined, "nobody sees it");
  equal(shortName("cut \ud83d off"), "cut \ufffd off");
  equal(shortName("👩‍👩‍👧‍👦 Café 한빛 מרפאה"), "👩‍👩‍👧‍👦 Café 한빛 מרפאה");
});
