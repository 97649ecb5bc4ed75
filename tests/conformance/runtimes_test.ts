import assert from "node:assert/strict";
import { RUNTIMES } from "./runtimes/all.ts";
import { SQL_RUNTIMES } from "./runtimes/command_line.ts";
import { runConformance } from "./suite.ts";

const expected = (await runConformance()).map(({ name }) => name);

for (const { name, missing, run } of RUNTIMES) {
  Deno.test({
    name: `the core behaves the same in ${name}${missing ? ` (skipped: ${missing})` : ""}`,
    ignore: missing !== undefined,
    fn: async () => {
      const results = await run();
      assert.deepEqual(results.map(({ name }) => name), expected, "every check ran");
      assert.deepEqual(results.filter(({ ok }) => !ok), []);
    },
  });
}

for (const { name, missing, run } of SQL_RUNTIMES) {
  Deno.test({
    name: `the core over a SqlStore, and the SqlStore itself, behave the same in ${name}${
      missing ? ` (skipped: ${missing})` : ""
    }`,
    ignore: missing !== undefined,
    fn: async () => {
      const results = await run();
      assert.ok(results.length > expected.length + 30, `${results.length} checks`);
      assert.deepEqual(results.filter(({ ok }) => !ok), []);
    },
  });
}
