import { deepEqual, equal, ok } from "node:assert/strict";
import measured from "../../tasks/test_seconds.json" with { type: "json" };
import { testQueue } from "../../tasks/test_queue.ts";
import { ROOT } from "./root.ts";

Deno.test("every test file is in the queue once, without permissions where it needs none", () => {
  const files = [
    "tests/oauth/target_test.ts",
    "tests/stores/sql/pg_test.ts",
    "tests/connections/processes_test.ts",
    "tests/connections/lease_test.ts",
    "tests/stores/sql/hundred_thousand_test.ts",
    "tests/faults/worker_matrix_test.ts",
    ...Array.from({ length: 40 }, (_, n) => `tests/worker/a${n}_test.ts`),
  ];
  const { waiting, others, alone } = testQueue(files, { "tests/worker/a7_test.ts": 0.2 });
  const batches = [...waiting, ...others, ...alone];
  deepEqual(batches.flatMap(({ args }) => args.slice(2)).sort(), files.toSorted());
  for (const { args: [, permissions, ...files] } of batches) {
    const isSealedOff = permissions === "--no-prompt";
    for (const file of files) equal(/oauth|lease/.test(file), isSealedOff, file);
  }
  deepEqual(waiting.map(({ name }) => name), ["tests/faults/worker_matrix_test.ts"]);
  deepEqual(alone.map(({ name }) => name), ["tests/stores/sql/hundred_thousand_test.ts"]);
});

Deno.test("what takes longest begins first, what is new early, and what is short shares a process", () => {
  const short = Array.from({ length: 30 }, (_, n) => `tests/worker/short${n}_test.ts`);
  const files = [...short, "tests/worker/new_test.ts", "tests/worker/long_test.ts"];
  const seconds = Object.fromEntries(short.map((file) => [file, 0.5]));
  const { others } = testQueue(files, { ...seconds, "tests/worker/long_test.ts": 60 });
  deepEqual(others.slice(0, 1).map(({ args }) => args.slice(2)), [["tests/worker/long_test.ts"]]);
  equal(others[1]?.args[2], "tests/worker/new_test.ts");
  ok(others.length <= 5, `${others.length} processes`);
  deepEqual(others.map(({ seconds }) => seconds), others.map(({ seconds }) => seconds).sort((a, b) => b - a));
});

Deno.test("most files that were measured are still there", () => {
  const isThere = (file: string): boolean => {
    try {
      return Deno.statSync(`${ROOT}/${file}`).isFile;
    } catch {
      return false;
    }
  };
  const known = Object.keys(measured);
  ok(
    known.filter(isThere).length > known.length / 2,
    "deno task test --measure writes tasks/test_seconds.json",
  );
});
