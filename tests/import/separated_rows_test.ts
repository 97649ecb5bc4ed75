import assert from "node:assert/strict";
import { linesOf } from "../../src/import/lines_of.ts";
import { separatedRows, type Separator, separatorOf } from "../../src/import/separated_rows.ts";

async function read(text: string, separator: Separator = ","): Promise<unknown[]> {
  const rows = await Array.fromAsync(separatedRows(linesOf(text), separator));
  return rows.map(({ line, cells, fault }) => [line, fault ?? cells]);
}

Deno.test("rows are read as RFC 4180 has them", async () => {
  assert.deepEqual(await read('a, b ,\n"c ""d"", e","f\ng" ,h\n'), [
    [1, ["a", "b", ""]],
    [2, ['c "d", e', "f\ng", "h"]],
  ]);
  assert.deepEqual(await read('a\tb c\t"d\te"', "\t"), [[1, ["a", "b c", "d\te"]]]);
  assert.deepEqual(await read('a;b,c;x"y', ";"), [[1, ["a", "b,c", 'x"y']]]);
  assert.deepEqual(await read("\n\na\n"), [[1, [""]], [2, [""]], [3, ["a"]]]);
});

Deno.test("what databases write for nothing is an empty cell, unless it is quoted", async () => {
  assert.deepEqual(await read('NULL\t\\N\tnull\t"NULL"\tNULLED', "\t"), [[1, [
    "",
    "",
    "",
    "NULL",
    "NULLED",
  ]]]);
});

Deno.test("a forgotten quote costs its own row, and none of the rows after it", async () => {
  assert.deepEqual(await read('a,"b\nc,d\ne,f\n'), [
    [1, "open_quote"],
    [2, ["c", "d"]],
    [3, ["e", "f"]],
  ]);
  assert.deepEqual(await read('a,"b\nc,"d"\ne,f\n'), [
    [1, "behind_quote"],
    [2, ["c", "d"]],
    [3, ["e", "f"]],
  ]);
});

Deno.test("a forgotten quote before a file without end does not read it all", async () => {
  let rows = 0;
  function* endless(): Generator<string, void, undefined> {
    yield 'a,"b\n';
    for (;;) yield "c,d\n".repeat(10_000);
  }
  for await (const { fault } of separatedRows(linesOf(endless()), ",")) {
    assert.equal(fault !== undefined, rows === 0);
    if (++rows === 100) break;
  }
});

Deno.test("the separator is what the first line has most of, outside of quotes", () => {
  const lines: Record<string, Separator> = {
    "a": ",",
    "a,b": ",",
    "a;b,c;d": ";",
    '"a;b;c",d': ",",
    "a\tb, c": "\t",
  };
  for (const [line, separator] of Object.entries(lines)) assert.equal(separatorOf(line), separator, line);
});
