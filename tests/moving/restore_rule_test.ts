import assert from "node:assert/strict";
import type { ConnectionRecord } from "../../src/connections/record.ts";
import { restoreVerdict } from "../../src/moving/restore_rule.ts";

/** A record of these tokens, granted at a moment; `0` for none. */
function record(token: string, grantedAt: number, more: Partial<ConnectionRecord> = {}): ConnectionRecord {
  return {
    target: { locationId: "abc" },
    status: "connected",
    tokens: {
      accessToken: token,
      tokenType: "Bearer",
      expiresAt: new Date(grantedAt + 1_000),
      refreshToken: `refresh ${token}`,
      scope: [],
      userType: "Location",
    },
    grantedAt,
    accessTokenIssuedAt: grantedAt,
    updatedAt: grantedAt,
    ...more,
  };
}

const bare = (updatedAt: number): ConnectionRecord => ({
  target: { locationId: "abc" },
  status: "broken",
  updatedAt,
});
const tombstone = (updatedAt: number): ConnectionRecord => ({ ...bare(updatedAt), status: "forgotten" });

type Case = readonly [
  what: string,
  moved: ConnectionRecord,
  held: ConnectionRecord | undefined,
  result: "taken" | "older",
];

const CASES: readonly Case[] = [
  ["nothing is here", record("a", 10), undefined, "taken"],
  ["a tombstone comes where nothing is", tombstone(10), undefined, "taken"],
  ["the same is here", record("a", 10), record("a", 10), "older"],
  ["a later grant comes", record("b", 20), record("a", 10), "taken"],
  ["a later grant is here", record("a", 10), record("b", 20), "older"],
  ["a later grant comes, written here later", record("b", 20), record("a", 10, { updatedAt: 99 }), "taken"],
  [
    "a later grant is here, written there later",
    record("a", 10, { updatedAt: 99 }),
    record("b", 20),
    "older",
  ],
  [
    "of one second the one that arrived later comes",
    record("b", 10, { accessTokenIssuedAt: 12 }),
    record("a", 10),
    "taken",
  ],
  [
    "of one second the one that arrived later is here",
    record("a", 10),
    record("b", 10, { accessTokenIssuedAt: 12 }),
    "older",
  ],
  [
    "the same tokens were found dead there",
    record("a", 10, { status: "broken", updatedAt: 15 }),
    record("a", 10),
    "taken",
  ],
  [
    "the same tokens were found dead here",
    record("a", 10),
    record("a", 10, { status: "broken", updatedAt: 15 }),
    "older",
  ],
  ["tokens come where none are", record("a", 10), bare(50), "taken"],
  ["no tokens come where some are", bare(50), record("a", 10), "older"],
  ["neither has tokens, and later was found out there", bare(20), bare(10), "taken"],
  ["neither has tokens, and later was found out here", bare(10), bare(20), "older"],
  ["it was forgotten there after what is here was granted", tombstone(20), record("a", 10), "taken"],
  ["it was forgotten there before it was granted here", tombstone(20), record("b", 30), "older"],
  ["it was forgotten there, then saved here", tombstone(20), record("a", 10, { savedAt: 30 }), "older"],
  [
    "it was forgotten there, and only written here since",
    tombstone(20),
    record("a", 10, { updatedAt: 30 }),
    "taken",
  ],
  ["it was forgotten here since", record("a", 10), tombstone(20), "older"],
  [
    "it was forgotten here, and merely refreshed there since",
    record("b", 30, { savedAt: 5 }),
    tombstone(20),
    "older",
  ],
  ["it was forgotten here, and saved there since", record("b", 30, { savedAt: 30 }), tombstone(20), "taken"],
  ["it was forgotten on both sides, there later", tombstone(30), tombstone(20), "taken"],
  ["it was forgotten on both sides, here later", tombstone(20), tombstone(30), "older"],
];

for (const [what, moved, held, result] of CASES) {
  Deno.test(`${what}: ${result}`, () => assert.equal(restoreVerdict(moved, held).result, result));
}

Deno.test("whatever was taken is not taken again, and nothing is handed to and fro between two sides", () => {
  const all = CASES.flatMap(([, moved, held]) => held ? [moved, held] : [moved]);
  for (const one of all) {
    assert.equal(restoreVerdict(one, one).result, "older");
    for (const other of all) {
      const isBoth = [restoreVerdict(one, other), restoreVerdict(other, one)].every(({ result }) =>
        result === "taken"
      );
      assert.ok(!isBoth, JSON.stringify([one, other]));
    }
  }
});
