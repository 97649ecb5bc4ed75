import { equal } from "node:assert/strict";
import { csvLine } from "../../src/import/csv_line.ts";

const CASES: readonly (readonly [cell: string | undefined, line: string])[] = [
  [undefined, ""],
  ["plain 서울", "plain 서울"],
  ["a,b", `"a,b"`],
  [`say "hi"`, `"say ""hi"""`],
  ["two\nlines", `"two\nlines"`],
  ["a;b", `"a;b"`],
  ["=1+1", "'=1+1"],
  ["+49 30 1", "'+49 30 1"],
  ["-Kim", "'-Kim"],
  ["@sum(a1)", "'@sum(a1)"],
  ["＝1+1", "'＝1+1"],
  ["  =1+1", "'  =1+1"],
  ["\t=1+1", `"'\t=1+1"`],
  ["\r=1+1", `"'\r=1+1"`],
  [`x;=HYPERLINK("http://evil")`, `"x;'=HYPERLINK(""http://evil"")"`],
  ["1-1", "1-1"],
  ["a@b.example", "a@b.example"],
];

Deno.test("a cell of CSV is quoted where it must be, and never a formula, whatever the reader's separator", () => {
  for (const [cell, line] of CASES) equal(csvLine([cell]), line, JSON.stringify(cell));
  equal(csvLine(["a", undefined, "b"]), "a,,b");
});
