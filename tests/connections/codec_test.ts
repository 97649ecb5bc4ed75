import fc from "fast-check";
import assert from "node:assert/strict";
import { decodeRecord, encodeRecord } from "../../src/connections/codec.ts";
import { keyOf, targetOf } from "../../src/connections/connection_key.ts";
import type { ConnectionRecord } from "../../src/connections/record.ts";
import { DAY_MS } from "../../src/connections/tombstone.ts";
import { HighLevelError } from "../../src/oauth/highlevel_error.ts";
import type { ConnectionTarget } from "../../src/oauth/target.ts";

/** A record as version 1 wrote it in November 2026. It must be readable for ever: never change this text. */
const GOLDEN_V1 = `{"version":1,"target":{"locationId":"l1C08ntBrFjLS0elLIYU"},"status":"connected",` +
  `"tokens":{"accessToken":"an-access-token","tokenType":"Bearer","expiresAt":"2026-11-25T00:00:00.000Z",` +
  `"scope":["contacts.readonly","contacts.write"],"userType":"Location","refreshToken":"a-refresh-token",` +
  `"locationId":"l1C08ntBrFjLS0elLIYU","companyId":"ve9EPM428h8vShlRW1KT","isBulkInstallation":false},` +
  `"accessTokenIssuedAt":1795478400000,"refreshTokenIssuedAt":1795478400000,"companyId":"ve9EPM428h8vShlRW1KT",` +
  `"clientId":"6530d06aa6d3f5ae0b5b1a2c-lnxk8v3q","name":"Dentist","savedAt":1795478400000,"updatedAt":1795478400000}`;

const stored = (body: string) => ({ format: 1, summary: { updatedAt: 0 }, body }) as const;

Deno.test("a record of version 1 is read, to the last field", () => {
  const record = decodeRecord(stored(GOLDEN_V1));
  assert.deepEqual(JSON.parse(JSON.stringify({ version: 1, ...record })), JSON.parse(GOLDEN_V1));
  assert.ok(record.tokens?.expiresAt instanceof Date);
  assert.equal(record.tokens.expiresAt.getTime(), Date.UTC(2026, 10, 25));
  assert.equal(record.tokens.refreshToken, "a-refresh-token");
});

Deno.test("a tombstone of version 1 is read", () => {
  const text = `{"version":1,"target":{"companyId":"agency"},"status":"forgotten","updatedAt":7}`;
  assert.deepEqual(decodeRecord(stored(text)), {
    target: { companyId: "agency" },
    status: "forgotten",
    updatedAt: 7,
  });
});

Deno.test("what is written today is what version 1 wrote", () => {
  const { body } = encodeRecord(decodeRecord(stored(GOLDEN_V1)));
  assert.deepEqual(JSON.parse(body), JSON.parse(GOLDEN_V1));
});

const REFUSED: readonly (readonly [string, string, RegExp])[] = [
  [
    "a newer version",
    GOLDEN_V1.replace(`"version":1`, `"version":2`),
    /^A stored record of version 2 is none that this module, of version 1,/,
  ],
  [
    "no version",
    `{"target":{"locationId":"one"},"status":"connected","updatedAt":1}`,
    /^A stored record is none that this module/,
  ],
  ["no JSON", "{oops", /^A stored record is none that this module/],
  ["an array", "[]", /is none that this module/],
  [
    "no status",
    `{"version":1,"target":{"locationId":"one"},"updatedAt":1}`,
    /is none that this module/,
  ],
  ["no target", `{"version":1,"status":"connected","updatedAt":1}`, /is none that this module/],
  [
    "tokens without a date",
    GOLDEN_V1.replace("2026-11-25T00:00:00.000Z", "soon"),
    /is none that this module/,
  ],
  [
    "tokens without a token",
    GOLDEN_V1.replace(`"accessToken":"an-access-token",`, ""),
    /is none that this module/,
  ],
];

for (const [what, text, message] of REFUSED) {
  Deno.test(`a stored text with ${what} is refused clearly, and shows no token`, () => {
    assert.throws(() => decodeRecord(stored(text)), (error: unknown) => {
      assert.ok(error instanceof HighLevelError);
      assert.equal(error.code, "store_failed");
      assert.match(error.message, message);
      assert.doesNotMatch(Deno.inspect(error) + JSON.stringify(error), /an-access-token|a-refresh-token/);
      return true;
    });
  });
}

const PLAIN = { noNullPrototype: true } as const;
const text = fc.string({ unit: "binary", maxLength: 20 });
const id = fc.stringMatching(/^[A-Za-z0-9_-]{1,20}$/);
const moment = fc.integer({ min: 0, max: 4e12 });
const targets: fc.Arbitrary<ConnectionTarget> = fc.boolean().chain((isLocation) =>
  id.map((name) => isLocation ? { locationId: name } : { companyId: name })
);
const records: fc.Arbitrary<ConnectionRecord> = fc.record({
  target: targets,
  status: fc.constantFrom("connected", "broken", "paused", "reauthorization_required", "forgotten"),
  updatedAt: moment,
  tokens: fc.record({
    accessToken: text,
    tokenType: text,
    expiresAt: fc.date({ noInvalidDate: true, min: new Date(0), max: new Date(4e12) }),
    scope: fc.array(text),
    userType: fc.constantFrom("Location", "Company"),
    refreshToken: text,
    approvedLocations: fc.array(text),
    approveAllLocations: fc.boolean(),
  }, { ...PLAIN, requiredKeys: ["accessToken", "tokenType", "expiresAt", "scope", "userType"] }),
  accessTokenIssuedAt: moment,
  refreshTokenIssuedAt: moment,
  refreshTokenDead: fc.boolean(),
  companyId: id,
  clientId: text,
  name: text,
  trouble: fc.record({ code: fc.constant("invalid_grant" as const), message: text }, PLAIN),
  savedAt: moment,
}, { ...PLAIN, requiredKeys: ["target", "status", "updatedAt"] });

Deno.test("what was written is read back the same", () => {
  fc.assert(fc.property(records, (record) => {
    assert.deepEqual({ ...decodeRecord(encodeRecord(record)) }, record);
  }));
});

Deno.test("the summary tells what lists need, and no token", () => {
  fc.assert(fc.property(records, (record) => {
    const { summary } = encodeRecord(record);
    assert.equal(summary.status, record.status);
    assert.equal(summary.expiresAt, record.tokens?.expiresAt.getTime());
    assert.deepEqual(
      Object.keys(summary).filter((name) =>
        !["status", "expiresAt", "refreshTokenIssuedAt", "companyId", "name", "dueAt", "updatedAt"].includes(
          name,
        )
      ),
      [],
    );
  }));
});

Deno.test("only a tombstone may be dropped by the store, and only after 90 days, by the store's clock too", () => {
  fc.assert(fc.property(records, (record) => {
    const { dropAt } = encodeRecord(record);
    if (record.status !== "forgotten") return assert.equal(dropAt, undefined);
    assert.ok(
      dropAt !== undefined && dropAt >= record.updatedAt + 90 * DAY_MS &&
        dropAt > Date.now() + 90 * DAY_MS - 1_000,
    );
  }));
});

Deno.test("the tokens of a record that was read inspect as redacted", () => {
  const shown = Deno.inspect(decodeRecord(stored(GOLDEN_V1)));
  assert.doesNotMatch(shown, /an-access-token|a-refresh-token/);
  assert.match(shown, /redacted/);
});

Deno.test("a key names its target and nothing else does", () => {
  fc.assert(fc.property(records, ({ target }) => {
    assert.deepEqual(targetOf("app1/", keyOf("app1/", target)), target);
    assert.equal(targetOf("app2/", keyOf("app1/", target)), undefined);
  }));
  for (
    const key of ["app1/", "app1/location", "app1/location/", "app1/location/a/b", "app1/user/a", "other"]
  ) {
    assert.equal(targetOf("app1/", key), undefined, key);
  }
  assert.throws(() => keyOf("app1/", { locationId: "a/b" }), TypeError);
});
