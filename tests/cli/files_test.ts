import assert from "node:assert/strict";
import type { Wanted } from "../../src/cli/backend.ts";
import { type BadRow, csvRows } from "../../src/cli/csv.ts";
import { linesOf } from "../../src/cli/input.ts";
import { readTargets } from "../../src/cli/read_targets.ts";
import { cliWorld, ndjson } from "./cli_world.ts";

interface Read {
  readonly wanted: readonly Wanted[];
  readonly bad: readonly BadRow[];
}

async function read(text: string): Promise<Read> {
  const path = await Deno.makeTempFile();
  try {
    await Deno.writeTextFile(path, text);
    const bad: BadRow[] = [];
    const wanted = await Array.fromAsync(readTargets(path, (row) => bad.push(row)));
    return { wanted, bad };
  } finally {
    await Deno.remove(path);
  }
}

const GOOD: readonly { readonly name: string; readonly text: string; readonly wanted: readonly Wanted[] }[] =
  [
    {
      name: "columns in any order, others ignored, quotes, CRLF and a byte order mark",
      text: '\uFEFFname,companyId,"locationId"\r\n"Smith, Anna",,loc1\r\n"a ""b""\r\nc",com1,\r\n',
      wanted: [{ target: { locationId: "loc1" } }, { target: { companyId: "com1" } }],
    },
    {
      name: "a row with both ids is the location, and tells its agency",
      text: "locationId,companyId\nloc1,com1\n",
      wanted: [{ target: { locationId: "loc1" }, details: { companyId: "com1" } }],
    },
    {
      name: "snake case, spaces around, empty lines, no line end at the end",
      text: "location_id , x\n\n loc1 ,1\n\nloc2,2",
      wanted: [{ target: { locationId: "loc1" } }, { target: { locationId: "loc2" } }],
    },
    {
      name: "JSON lines in either spelling",
      text:
        '\n{"locationId":"loc1","other":{"a":1}}\n{"company_id":"com1"}\n{"locationId":null,"companyId":"com2"}',
      wanted: [{ target: { locationId: "loc1" } }, { target: { companyId: "com1" } }, {
        target: { companyId: "com2" },
      }],
    },
  ];

for (const { name, text, wanted } of GOOD) {
  Deno.test(`a file of connections is understood: ${name}`, async () => {
    assert.deepEqual(await read(text), { wanted, bad: [] });
  });
}

const BAD: readonly { readonly name: string; readonly text: string; readonly lines: readonly number[] }[] = [
  {
    name: "CSV rows without an id, with a wrong one, or broken",
    text: 'locationId,n\n,1\na b,2\nok,3\nx"y,4\nok2,5\n',
    lines: [2, 3, 5],
  },
  {
    name: "JSON lines that are no objects, or hold no id",
    text: '{"locationId":"ok"}\n{"x":1}\nnope\n[1]\n{"locationId":7}\n{"locationId":"ok2"}',
    lines: [2, 3, 4, 5],
  },
];

for (const { name, text, lines } of BAD) {
  Deno.test(`bad rows are told by their line and the rest goes on: ${name}`, async () => {
    const { wanted, bad } = await read(text);
    assert.deepEqual(wanted.map(({ target }) => target.locationId), ["ok", "ok2"]);
    assert.deepEqual(bad.map(({ line }) => line).toSorted(), lines);
  });
}

const ENDLESS = {
  "CSV": ["locationId\n", "l1C08ntBrFjLS0elLIYU\n"],
  "JSON lines": ["", '{"locationId":"l1C08ntBrFjLS0elLIYU"}\n'],
} as const;

for (const [name, [head, row]] of Object.entries(ENDLESS)) {
  Deno.test(`a file is read only as far as it is used: ${name} without end`, async () => {
    let chunks = 0;
    let isClosed = false;
    async function* endless(): AsyncGenerator<Uint8Array, void, undefined> {
      try {
        yield new TextEncoder().encode(head + row);
        const chunk = new TextEncoder().encode(row.repeat(3_000));
        for (;;) {
          chunks++;
          await Promise.resolve();
          yield chunk;
        }
      } finally {
        isClosed = true;
      }
    }
    const rows = name === "CSV"
      ? csvRows(endless(), { onHeader: () => {}, onBadRow: () => {} })
      : linesOf(endless());
    let read = 0;
    for await (const _ of rows) if (++read === 30_000) break;
    assert.ok(chunks < 40, `${chunks} chunks read for 10`);
    assert.ok(isClosed);
  });
}

Deno.test("bad rows end with exit code 1 although every other connection was recovered", async () => {
  await using world = cliWorld({ locations: [{ locationId: "ok" }] });
  world.write("ids.csv", "locationId\nok\nn@pe\n");
  const { code, out, err } = await world.run(["recover", "--file", "ids.csv"]);
  assert.equal(code, 1);
  assert.match(out, /1 connection: 1 recovered/);
  assert.match(err, /ids\.csv: line 3 left out: locationId must be 1 to 128 characters/);
  assert.match(err, /1 bad row left out/);
});

Deno.test("stdin is read with --file -, and its bad rows are told in --json too", async () => {
  await using world = cliWorld({ locations: [{ locationId: "ok" }] });
  const { code, out, err } = await world.run(["recover", "--file", "-", "--json"], {
    stdin: "locationId\n,\nok\n",
  });
  assert.equal(code, 1);
  assert.match(err, /stdin: line 2 left out/);
  assert.deepEqual(ndjson(out).map(({ type }) => type).toSorted(), ["bad_row", "recovery", "summary"]);
});

Deno.test("a file with no usable row is bad usage, and nothing is touched", async () => {
  await using world = cliWorld();
  world.write("empty.csv", "");
  world.write("header.csv", "locationId\n");
  world.write("wrong.csv", 'locationId\n"a b"\n,\n');
  world.write("array.json", '[{"locationId":"a"}]');
  world.write("names.csv", "id,name\n1,2\n");
  const cases: [args: string[], message: RegExp, stdin?: string][] = [
    [["--file", "empty.csv"], /empty\.csv has no usable row/],
    [["--file", "header.csv"], /header\.csv has no usable row/],
    [["--file", "wrong.csv"], /wrong\.csv has no usable row/],
    [["--file", "array.json"], /one JSON array/],
    [
      ["--file", "names.csv"],
      /names\.csv: line 1 must be a header with locationId or companyId; it is: id, name/,
    ],
    [["--file", "none.csv"], /none\.csv cannot be read: No such file/],
    [["--file", "."], /cannot be read: it is a folder/],
    [["--file", "-"], /stdin has no usable row/, "locationId\n"],
    [["--file", "-"], /stdin: line 1 must be a header/, "a,b\n"],
  ];
  await Promise.all(cases.map(async ([args, message, stdin]) => {
    const { code, err } = await world.run(["recover", ...args, "--store", `deno-kv:${crypto.randomUUID()}`], {
      ...(stdin !== undefined && { stdin }),
    });
    assert.equal(code, 2, err);
    assert.match(err, message);
  }));
  assert.equal(world.sandbox.counts.total, 0);
});
