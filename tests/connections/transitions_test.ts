import assert from "node:assert/strict";
import type { ConnectionRecord } from "../../src/connections/record.ts";
import { isNewerThan } from "../../src/connections/transitions.ts";

const target = { locationId: "judged" };

function tokens(accessToken: string): NonNullable<ConnectionRecord["tokens"]> {
  return { accessToken, tokenType: "Bearer", expiresAt: new Date(9e12), scope: [], userType: "Location" };
}

const BEFORE: ConnectionRecord = { target, status: "connected", tokens: tokens("old"), updatedAt: 100 };
const after = (change: Partial<ConnectionRecord>): ConnectionRecord => ({
  ...BEFORE,
  updatedAt: 200,
  ...change,
});
const FINDING = after({ status: "reauthorization_required", refreshTokenDead: true, updatedAt: 300 });
const GRANT = after({ tokens: tokens("ours"), grantedAt: 5_000, accessTokenIssuedAt: 5_100, updatedAt: 300 });

/** What is found in the store when a record that was made after {@linkcode BEFORE} shall be written, and which of both stands. */
const TABLE: readonly (readonly [
  found: string,
  current: ConnectionRecord | undefined,
  record: ConnectionRecord,
  current_stands: boolean,
])[] = [
  ["nothing", undefined, GRANT, false],
  ["what was read before", BEFORE, GRANT, false],
  ["a copy that lags", { ...BEFORE, tokens: tokens("older"), updatedAt: 50 }, GRANT, false],
  ["a tombstone", after({ status: "forgotten" }), GRANT, true],
  ["a tombstone, against a finding", after({ status: "forgotten" }), FINDING, true],
  ["another process's tokens, against a finding", after({ tokens: tokens("theirs") }), FINDING, true],
  ["a note of another process, against a finding", after({ spendingSince: 200 }), FINDING, false],
  [
    "another finding of death, against an outage",
    after({ refreshTokenDead: true }),
    after({ updatedAt: 300 }),
    true,
  ],
  ["a saved pair, though the same, against a finding", after({ savedAt: 200 }), FINDING, true],
  ["C16: tokens granted later", after({ tokens: tokens("theirs"), grantedAt: 6_000 }), GRANT, true],
  [
    "C16: tokens granted earlier, whoever wrote last",
    after({ tokens: tokens("theirs"), grantedAt: 4_000, updatedAt: 900 }),
    GRANT,
    false,
  ],
  [
    "tokens of the same second that arrived later",
    after({ tokens: tokens("theirs"), grantedAt: 5_000, accessTokenIssuedAt: 5_200 }),
    GRANT,
    true,
  ],
  [
    "tokens that do not say when they were granted, and arrived earlier",
    after({ tokens: tokens("theirs"), grantedAt: 5_050, accessTokenIssuedAt: 5_050 }),
    GRANT,
    false,
  ],
  [
    "dead tokens, granted later",
    after({ tokens: tokens("theirs"), grantedAt: 6_000, refreshTokenDead: true }),
    GRANT,
    false,
  ],
  [
    "C1: a person's authorisation, granted earlier",
    after({ tokens: tokens("theirs"), grantedAt: 4_000, accessTokenIssuedAt: 4_100, savedAt: 4_100 }),
    GRANT,
    true,
  ],
];

for (const [found, current, record, stands] of TABLE) {
  Deno.test(`of ${found} and what is to be written, ${stands ? "the former" : "the latter"} stands`, () => {
    assert.equal(isNewerThan(current, record, BEFORE), stands);
  });
}

Deno.test("a tombstone that was not there before is no old copy where reads are fresh, whatever its moment", () => {
  const tombstone = after({ status: "forgotten", updatedAt: 50 });
  assert.equal(isNewerThan(tombstone, GRANT, BEFORE, true), true);
  assert.equal(isNewerThan(tombstone, GRANT, BEFORE, false), false, "it may be a copy that lags");
  assert.equal(isNewerThan(tombstone, GRANT, tombstone, true), false, "what is ended knowingly");
});
