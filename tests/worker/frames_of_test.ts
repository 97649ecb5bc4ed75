import { deepEqual, doesNotMatch, equal, match, ok } from "node:assert/strict";
import { framesOf } from "../../src/worker/frames_of.ts";

function made(message: string): Error {
  return new TypeError(message);
}

Deno.test("frames tell function, file and place, and nothing of the message, whatever it looks like", () => {
  const messages = [
    "",
    "the token secret-1 is wrong",
    "two lines\n    at secret-1 (secret-1.ts:1:2)\n    at secret-1.ts:3:4",
    "    at secret-1 (file:///secret-1.ts:1:2)",
  ];
  for (const message of messages) {
    const frames = framesOf(made(message));
    match(frames[0] ?? "", /^made frames_of_test\.ts:\d+:\d+$/, message);
    doesNotMatch(frames.join("\n"), /secret-1/);
  }
});

Deno.test("a message that was changed after the error was made brings no frames, and no secret", () => {
  const error = made("    at secret-1 (secret-1.ts:1:2)");
  match(error.stack ?? "", /secret-1/); // from now on the stack stays as it is
  for (const message of ["another", "", "at"]) {
    error.message = message;
    deepEqual(framesOf(error), [], message);
  }
});

Deno.test("frames are read as V8 writes them, eight at most", () => {
  const error = new Error("m");
  error.stack = [
    "Error: m",
    "    at file:///app/worker.js:1:2345",
    "    at async Promise.all (index 0)",
    "    at async Connection.#refresh (worker.js:10:2)",
    "    at new Job (https://host.example/a/job.ts:7:8)",
    "    at Object.<anonymous> (worker.js:5:5)",
    "    at native",
  ].join("\n");
  deepEqual(framesOf(error), [
    "(anonymous) worker.js:1:2345",
    "Connection.#refresh worker.js:10:2",
    "new Job job.ts:7:8",
    "Object.<anonymous> worker.js:5:5",
  ]);
  error.stack = `Error: m\n${"    at f (a.js:1:1)\n".repeat(20)}`;
  equal(framesOf(error).length, 8);
  delete error.stack;
  ok(framesOf(error).length === 0);
});
