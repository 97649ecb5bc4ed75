import assert from "node:assert/strict";
import { jsonValues } from "../../src/import/json_values.ts";
import { linesOf } from "../../src/import/lines_of.ts";

async function read(text: string): Promise<unknown[]> {
  const values = await Array.fromAsync(jsonValues(linesOf(text)));
  return values.map(({ line, value, fault }) => [line, fault === undefined ? value : "bad"]);
}

const LAYOUTS: Readonly<Record<string, readonly [text: string, values: readonly unknown[]]>> = {
  "one a line": ['{"a":1}\n\n{"a":2}\n', [[1, { a: 1 }], [3, { a: 2 }]]],
  "one over many lines": ['{\n  "a": [\n    1\n  ]\n}\n', [[1, { a: [1] }]]],
  "many over many lines": ['{\n"a":1\n}\n{\n"a":2\n}', [[1, { a: 1 }], [4, { a: 2 }]]],
  "many on one line": ['{"a":1}{"a":2} {"a":"}{"}', [[1, { a: 1 }], [1, { a: 2 }], [1, { a: "}{" }]]],
  "an array's items": ['[1, "x, ]", {"a":[]},\n null]\n', [[1, 1], [1, "x, ]"], [1, { a: [] }], [2, null]]],
  "an array with a line an item": ['[\n{"a":1},\n{"a":2}\n]', [[2, { a: 1 }], [3, { a: 2 }]]],
  "an array of arrays": ["[[1],[2,[3]]]", [[1, [1]], [1, [2, [3]]]]],
  "two arrays": ["[1]\n[2]", [[1, 1], [2, 2]]],
  "escapes": ['{"a":"\\"}\\\\"}', [[1, { a: '"}\\' }]]],
  "nothing": ["[]", []],
};

for (const [name, [text, values]] of Object.entries(LAYOUTS)) {
  Deno.test(`JSON is read value by value: ${name}`, async () => assert.deepEqual(await read(text), values));
}

const BROKEN: Readonly<Record<string, readonly [text: string, values: readonly unknown[]]>> = {
  "a line of many": ['{"a":1}\n{"a":\n{"a":2}\nnope\n{"a":3}', [[1, { a: 1 }], [2, "bad"], [3, { a: 2 }], [
    4,
    "bad",
  ], [5, {
    a: 3,
  }]]],
  "a text without an end": ['{"a":1}\n{"a":"b}\n{"a":2}', [[1, { a: 1 }], [2, "bad"], [3, { a: 2 }]]],
  "an item over many lines": [
    '[\n  {\n    "a": "b\n  },\n  {\n    "a": 2\n  }\n]',
    [[2, "bad"], [5, { a: 2 }]],
  ],
  "the end": ['[\n  {"a":1},\n  {"a"', [[2, { a: 1 }], [3, "bad"]]],
  "a bracket too many": ['{"a":1}}\n{"a":2}', [[1, { a: 1 }], [1, "bad"], [2, { a: 2 }]]],
  "an item between others": ['[{"a":1},{"a":x},{"a":2}]', [[1, { a: 1 }], [1, "bad"], [1, { a: 2 }]]],
};

for (const [name, [text, values]] of Object.entries(BROKEN)) {
  Deno.test(`what is broken costs itself alone: ${name}`, async () =>
    assert.deepEqual(await read(text), values));
}
