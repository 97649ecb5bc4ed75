import assert from "node:assert/strict";
import { cliWorld, csvOf, ndjson } from "./cli_world.ts";

Deno.test("bad rows end with exit code 1 although every other connection was recovered", async () => {
  await using world = cliWorld({ locations: [{ locationId: "ok" }] });
  world.write("ids.csv", "locationId\nok\nn@pe\n");
  const { code, out, err } = await world.run(["recover", "--file", "ids.csv"]);
  assert.equal(code, 1);
  assert.match(out, /1 connection: 1 recovered/);
  assert.match(err, /ids\.csv: line 3 left out: locationId must be 1 to 128 characters/);
  assert.match(err, /ids\.csv: 2 rows \(1 used, 1 bad\), as told above/);
});

Deno.test("stdin is read with --file -, and its bad rows are told in --json too", async () => {
  await using world = cliWorld({ locations: [{ locationId: "ok" }] });
  const { code, out, err } = await world.run(["recover", "--file", "-", "--json"], {
    stdin: "locationId\n,\na b\nok\n",
  });
  assert.equal(code, 1);
  assert.match(err, /stdin: line 3 left out/);
  assert.deepEqual(ndjson(out).map(({ type }) => type).toSorted(), ["bad_row", "recovery", "summary"]);
});

Deno.test("a file with no usable row is bad usage, and nothing is touched", async () => {
  await using world = cliWorld();
  world.write("empty.csv", "");
  world.write("header.csv", "locationId\n");
  world.write("wrong.csv", 'locationId\n"a b"\n,\n');
  world.write("names.csv", "id,name\n1,2\n");
  const cases: [args: string[], message: RegExp, stdin?: string][] = [
    [["--file", "empty.csv"], /empty\.csv has no usable row/],
    [["--file", "header.csv"], /header\.csv has no usable row/],
    [["--file", "wrong.csv"], /wrong\.csv has no usable row/],
    [["--file", "names.csv"], /line 2 left out: its id 1 is no id of HighLevel's/],
    [["--file", "none.csv"], /none\.csv cannot be read: no such file or directory$/m],
    [["--file", "."], /cannot be read: it is a folder/],
    [["--file", "-"], /stdin has no usable row/, "locationId\n"],
    [["--file", "-"], /stdin: line 1 left out: it names no column of ids or tokens: a, b/, "a,b\n"],
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

Deno.test("a file that cannot be read leaves the journal of the run before alone", async () => {
  await using world = cliWorld();
  const journal = "# recovered by highlevel-reconnect\nlocation aaa\n";
  world.write("highlevel-connections.sqlite.recovered", journal);
  const { code, err } = await world.run(["recover", "--file", "typo.csv"]);
  assert.deepEqual([code, err], [2, "error: typo.csv cannot be read: no such file or directory\n"]);
  assert.equal(world.read("highlevel-connections.sqlite.recovered"), journal);
});

Deno.test("a report replaces a report, and nothing else: no list of ids, no store, nor what it is made from", async () => {
  await using world = cliWorld({ locations: [{ locationId: "aaa" }, { locationId: "bbb" }] });
  const csv = csvOf(["aaa", "bbb"]);
  world.write("ids.csv", csv);
  const recover = (report: string, file = "ids.csv") =>
    world.run(["recover", "--file", file, "--report", report]);
  for (const path of ["ids.csv", "highlevel-connections.sqlite"]) {
    const { code, err } = await recover(path);
    assert.equal(code, 2, err);
    assert.ok(err.includes(`--report ${path} is there, and is no report to write over`), err);
  }
  assert.equal(world.read("ids.csv"), csv);
  assert.equal(world.sandbox.counts.total, 0);
  for (const _ of [1, 2]) assert.equal((await recover("report.csv")).code, 0);
  assert.equal(world.read("report.csv").trim().split("\n").length, 3);
  const itself = await recover("./report.csv", "report.csv");
  assert.deepEqual([itself.code, world.read("report.csv").trim().split("\n").length], [2, 3], itself.err);
  const ids = await world.run(["sandbox", "--write-ids", "report.csv"]);
  assert.equal(ids.code, 2);
  assert.match(ids.err, /--write-ids report\.csv is there, and is no list of ids/);
});
