import fc from "fast-check";
import { walk } from "./walk.ts";
import { anyOp, anyOptions, type Op, type WalkOptions } from "./walk_ops.ts";
import { DAY, HOUR, MINUTE } from "./world.ts";

/** The same walks for everybody; tests/soak/ looks for new ones. */
const SEED = 20261124;

/** Walks that once ended badly. */
const FOUND: readonly { readonly options?: WalkOptions; readonly ops: readonly Op[] }[] = [
  // What was found out about tokens in memory only was overtaken in the store, and forgotten: sent again.
  {
    ops: [
      { op: "storeFault", method: "put", times: 7 },
      { op: "call", who: 1, at: 1 },
      { op: "uninstall", at: 1 },
      { op: "settle" },
      { op: "call", who: 0, at: 1 },
      { op: "jump", ms: MINUTE },
      { op: "recover", who: 0, at: 3 },
      { op: "storeFault", method: "put", times: 1000 },
      { op: "storm", at: 1, count: 6 },
      { op: "jump", ms: MINUTE },
    ],
  },
  // A clock that ran back let an older finding in memory overwrite that the refresh token is dead.
  {
    ops: [
      { op: "call", who: 0, at: 1 },
      { op: "pause", at: 1 },
      { op: "storeFault", method: "put", times: 7 },
      { op: "fault", on: "refresh", kind: "cut_body", times: 3 },
      { op: "call", who: 0, at: 3 },
      { op: "jump", ms: DAY },
      { op: "fault", on: "refresh", kind: "empty", times: 1 },
      { op: "call", who: 0, at: 3 },
      { op: "call", who: 0, at: 1 },
      { op: "jump", ms: DAY },
      { op: "storm", at: 1, count: 2 },
      { op: "jump", ms: MINUTE },
      { op: "expire", at: 0 },
      { op: "jump", ms: MINUTE },
      { op: "jump", ms: -2 * HOUR },
      { op: "incident" },
    ],
  },
  // The token at hand ended while a slow answer was waited for: what was thrown was no error at all.
  {
    ops: [
      { op: "call", who: 0, at: 1 },
      { op: "slow", ms: 25_000 },
      { op: "fault", on: "refresh", kind: "refuse", times: 3 },
      { op: "jump", ms: DAY },
      { op: "storm", at: 2, count: 2 },
      { op: "call", who: 0, at: 0 },
      { op: "jump", ms: -MINUTE },
      { op: "call", who: 0, at: 1 },
      { op: "incident" },
      { op: "storeHang", method: "get", times: 1 },
      { op: "expire", at: 0 },
      { op: "incident" },
    ],
  },
  // Tokens that a store without versions took at last were kept in memory, too: they replaced those that came after them.
  {
    ops: [
      { op: "storeFault", method: "put", times: 7 },
      { op: "storm", at: 2, count: 2 },
      { op: "jump", ms: -2 * HOUR },
      { op: "recover", who: 1, at: 2 },
    ],
  },
  // And what was found out about them in the store was forgotten: a dead token was sent again.
  {
    ops: [
      { op: "call", who: 0, at: 0 },
      { op: "storeHang", method: "put", times: 2 },
      { op: "jump", ms: 3 * DAY },
      { op: "remove" },
      { op: "call", who: 0, at: 0 },
      { op: "incident" },
      { op: "recover", who: 1, at: 0 },
      { op: "storm", at: 0, count: 2 },
    ],
  },
  // A failure that was in memory only, of a process whose clock was ahead, stood there for what the store had held: the next
  // thing it wrote took another process's new tokens for an old copy.
  {
    options: { hasVersions: true, isApart: true },
    ops: [
      { op: "call", who: 1, at: 3 },
      { op: "jump", ms: -MINUTE },
      { op: "storeFault", method: "put", times: 1000 },
      { op: "recover", who: 0, at: 0 },
      { op: "expire", at: 3 },
      { op: "window", on: false },
      { op: "jump", ms: DAY },
      { op: "storm", at: 3, count: 6 },
    ],
  },
  // The tombstone that a forgetting wrote under the lock was older than the record that it replaced: it was taken for an old copy.
  {
    options: { isApart: true },
    ops: [
      { op: "expire", at: 0 },
      { op: "call", who: 0, at: 0 },
      { op: "recover", who: 0, at: 0 },
      { op: "storeHang", method: "put", times: 3 },
      { op: "incident" },
      { op: "abort", who: 1, at: 2 },
      { op: "forget", at: 2 },
      { op: "expire", at: 0 },
      { op: "expire", at: 0 },
      { op: "call", who: 0, at: 0 },
      { op: "call", who: 0, at: 0 },
      { op: "failover" },
    ],
  },
  // A tombstone written without a look, by a clock that was behind, was taken for an old copy by what waited in memory.
  {
    options: { hasVersions: false, isApart: true },
    ops: [
      { op: "call", who: 0, at: 3 },
      { op: "storeFault", method: "put", times: 7 },
      { op: "expire", at: 3 },
      { op: "storm", at: 3, count: 6 },
      { op: "storeFault", method: "get", times: 1000 },
      { op: "forget", at: 3 },
      { op: "fault", on: "refresh", kind: "refuse", times: 1 },
      { op: "storeHang", method: "get", times: 1 },
      { op: "storeHang", method: "get", times: 1 },
      { op: "fault", on: "refresh", kind: "refuse", times: 1 },
      { op: "expire", at: 0 },
    ],
  },
];

FOUND.forEach(({ ops, options }, index) => {
  Deno.test(`a walk that once ended badly ends well (${index + 1})`, () => walk(ops, options));
});

Deno.test("whatever happens, once faults stop every connection lives or says honestly why not (1,000 walks)", async () => {
  console.log(`seed ${SEED}`);
  const ops = fc.array(anyOp, { minLength: 5, maxLength: 40, size: "max" });
  await fc.assert(fc.asyncProperty(anyOptions, ops, (options, ops) => walk(ops, options)), {
    numRuns: 1000,
    seed: SEED,
  });
});
