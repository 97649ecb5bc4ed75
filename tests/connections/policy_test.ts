import assert from "node:assert/strict";
import type { ConnectionRecord } from "../../src/connections/record.ts";
import { type Outcome, outcomeOf } from "../../src/connections/outcome.ts";
import { freshness, isOpen, nextStep, type RungName } from "../../src/connections/policy.ts";
import { HighLevelError, type HighLevelErrorCode } from "../../src/oauth/highlevel_error.ts";
import type { TokenSet } from "../../src/oauth/token_set.ts";

const NOW = Date.UTC(2026, 10, 24);
const MARGIN = 300_000;
const error = new HighLevelError("unavailable", "down");
const tokens: TokenSet = {
  accessToken: "access",
  refreshToken: "refresh",
  tokenType: "Bearer",
  expiresAt: new Date(NOW + 86_399_000),
  scope: [],
  userType: "Location",
};

const OUTCOMES: { readonly [K in Exclude<Outcome["kind"], "granted" | "throttled">]: Outcome } = {
  rejected: { kind: "rejected", error },
  refused: { kind: "refused", error },
  removed: { kind: "removed", error },
  paused: { kind: "paused", error },
  misconfigured: { kind: "misconfigured", error },
  unavailable: { kind: "unavailable", error },
  unanswered: { kind: "unanswered", error },
};

const TABLE: Record<keyof typeof OUTCOMES, Record<RungName, string>> = {
  rejected: { refresh: "reread", reconnect: "climb", agency: "climb" },
  refused: { refresh: "climb", reconnect: "climb", agency: "climb" },
  removed: { refresh: "climb", reconnect: "climb", agency: "climb" },
  paused: { refresh: "stop as paused", reconnect: "stop as paused", agency: "stop as paused" },
  misconfigured: { refresh: "stop as failed", reconnect: "stop as failed", agency: "stop as failed" },
  unavailable: { refresh: "stop as failed", reconnect: "stop as failed", agency: "stop as failed" },
  unanswered: { refresh: "stop as failed", reconnect: "stop as failed", agency: "stop as failed" },
};

const RUNGS: readonly RungName[] = ["refresh", "reconnect", "agency"];

for (const kind of Object.keys(TABLE) as (keyof typeof TABLE)[]) {
  for (const rung of RUNGS) {
    Deno.test(`after ${kind} at ${rung}: ${TABLE[kind][rung]}`, () => {
      const step = nextStep(rung, OUTCOMES[kind], 0);
      const words = step.do === "stop" ? `stop as ${step.as}` : step.do;
      assert.equal(words, TABLE[kind][rung]);
    });
  }
}

for (const rung of RUNGS) {
  Deno.test(`what ${rung} grants is used`, () => {
    const grant = { tokens, clientId: "client" };
    assert.deepEqual(nextStep(rung, { kind: "granted", grant }, 9), { do: "use", grant });
  });

  Deno.test(`a throttled ${rung} waits up to 10 s, twice, and then is the caller's`, () => {
    const throttled = (retryAfterMs: number): Outcome => ({ kind: "throttled", error, retryAfterMs });
    assert.deepEqual(nextStep(rung, throttled(10_000), 0), { do: "wait", ms: 10_000 });
    assert.deepEqual(nextStep(rung, throttled(0), 1), { do: "wait", ms: 0 });
    assert.deepEqual(nextStep(rung, throttled(0), 2), { do: "stop", as: "failed" });
    assert.deepEqual(nextStep(rung, throttled(10_001), 0), { do: "stop", as: "failed" });
  });
}

Deno.test("only a refresh that is rejected looks at the store again: nothing else says a token is dead", () => {
  const rereads = RUNGS.flatMap((rung) =>
    Object.values(OUTCOMES).filter((outcome) => nextStep(rung, outcome, 0).do === "reread").map(({ kind }) =>
      `${kind} at ${rung}`
    )
  );
  assert.deepEqual(rereads, ["rejected at refresh"]);
});

Deno.test("every error code has one outcome, and only invalid_grant means a dead token", () => {
  const outcomes: Record<HighLevelErrorCode, Outcome["kind"]> = {
    invalid_request: "refused",
    invalid_client: "misconfigured",
    invalid_grant: "rejected",
    endpoint_removed: "removed",
    location_inactive: "paused",
    not_installed: "refused",
    forbidden: "refused",
    unauthorized: "refused",
    rate_limited: "throttled",
    unavailable: "unavailable",
    network: "unanswered",
    timeout: "unanswered",
    malformed_response: "unanswered",
    reauthorization_required: "refused",
    store_failed: "unavailable",
    invalid_webhook: "refused",
    wrong_connection: "refused",
  };
  for (const [code, kind] of Object.entries(outcomes)) {
    const thrown = new HighLevelError(code as HighLevelErrorCode, "told");
    const outcome = outcomeOf(thrown);
    assert.equal(outcome.kind, kind, code);
    assert.ok(outcome.kind !== "granted" && outcome.error === thrown);
  }
});

Deno.test("a retryable error never climbs, so an outage gives nothing up", () => {
  for (const code of ["network", "timeout", "malformed_response", "unavailable", "store_failed"] as const) {
    const transient = new HighLevelError(code, "down");
    assert.ok(transient.retryable);
    for (const rung of RUNGS) {
      assert.deepEqual(nextStep(rung, outcomeOf(transient), 0), { do: "stop", as: "failed" });
    }
  }
});

Deno.test("a 429 that names no time waits a second", () => {
  const outcome = outcomeOf(new HighLevelError("rate_limited", "slow down"));
  assert.ok(outcome.kind === "throttled" && outcome.retryAfterMs === 1000);
  const told = outcomeOf(new HighLevelError("rate_limited", "slow down", { retryAfterMs: 7 }));
  assert.ok(told.kind === "throttled" && told.retryAfterMs === 7);
});

const record = (changes: Partial<ConnectionRecord> = {}): ConnectionRecord => ({
  target: { locationId: "one" },
  status: "connected",
  tokens,
  updatedAt: NOW,
  ...changes,
});

Deno.test("refresh is open with a refresh token that is not known to be dead", () => {
  const { refreshToken: _, ...bare } = tokens;
  const open = (held: ConnectionRecord | undefined): boolean =>
    isOpen("refresh", { record: held, endpointRemoved: true });
  assert.equal(open(undefined), false);
  assert.equal(open(record()), true);
  assert.equal(open(record({ refreshTokenDead: true })), false);
  assert.equal(open(record({ tokens: bare })), false);
  for (const status of ["paused", "broken", "reauthorization_required"] as const) {
    assert.equal(open(record({ status })), true, `${status} keeps the refresh token usable`);
  }
});

Deno.test("reconnect is open unless the endpoint is remembered as removed", () => {
  assert.equal(isOpen("reconnect", { record: undefined, endpointRemoved: false }), true);
  assert.equal(isOpen("reconnect", { record: record(), endpointRemoved: true }), false);
});

Deno.test("the agency is open for a location whose company is known", () => {
  const open = (held: ConnectionRecord | undefined): boolean =>
    isOpen("agency", { record: held, endpointRemoved: false });
  assert.equal(open(undefined), false);
  assert.equal(open(record()), false);
  assert.equal(open(record({ companyId: "agency" })), true);
  assert.equal(open(record({ target: { companyId: "agency" }, companyId: "agency" })), false);
});

Deno.test("an access token is living, expiring within the margin, or dead", () => {
  const at = (leftMs: number, rejected?: string): string =>
    freshness(
      record({ tokens: { ...tokens, expiresAt: new Date(NOW + leftMs) } }),
      NOW,
      MARGIN,
      rejected,
    );
  assert.equal(at(MARGIN * 1.1 + 1), "living");
  assert.equal(at(MARGIN - 1), "expiring");
  assert.equal(at(1), "expiring");
  assert.equal(at(0), "dead");
  assert.equal(at(-1), "dead");
  assert.equal(at(86_399_000, "access"), "dead");
  assert.equal(at(86_399_000, "another"), "living");
  assert.equal(freshness(undefined, NOW, MARGIN, undefined), "dead");
  assert.equal(
    freshness(record({ status: "forgotten", tokens: undefined as never }), NOW, MARGIN, undefined),
    "dead",
  );
});

Deno.test("the margin is jittered: within its last tenth some processes refresh and some do not", () => {
  const held = record({ tokens: { ...tokens, expiresAt: new Date(NOW + MARGIN * 1.05) } });
  const seen = new Set(Array.from({ length: 200 }, () => freshness(held, NOW, MARGIN, undefined)));
  assert.deepEqual([...seen].sort(), ["expiring", "living"]);
});

Deno.test("without a margin a token is good until it ends", () => {
  const held = record({ tokens: { ...tokens, expiresAt: new Date(NOW + 1) } });
  assert.equal(freshness(held, NOW, 0, undefined), "living");
});
