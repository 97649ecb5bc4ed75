import assert from "node:assert/strict";
import type { ConnectionRecord, Failure } from "../../src/connections/record.ts";
import { spreadOf } from "../../src/connections/connection_key.ts";
import { type Outcome, outcomeOf } from "../../src/connections/outcome.ts";
import {
  dueAtOf,
  endOfRefusals,
  freshness,
  isCoolingDown,
  isOpen,
  marginOf,
  nextAction,
  type StepName,
} from "../../src/connections/policy.ts";
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
  unknown: { kind: "unknown", error },
  removed: { kind: "removed", error },
  paused: { kind: "paused", error },
  misconfigured: { kind: "misconfigured", error },
  unavailable: { kind: "unavailable", error },
  unanswered: { kind: "unanswered", error },
};

const TABLE: Record<keyof typeof OUTCOMES, Record<StepName, string>> = {
  rejected: { refresh: "reread", reconnect: "next", agency: "next" },
  refused: { refresh: "next", reconnect: "next", agency: "next" },
  unknown: { refresh: "next", reconnect: "next", agency: "next" },
  removed: { refresh: "next", reconnect: "next", agency: "next" },
  paused: { refresh: "stop as paused", reconnect: "stop as paused", agency: "stop as paused" },
  misconfigured: { refresh: "stop as failed", reconnect: "stop as failed", agency: "stop as failed" },
  unavailable: { refresh: "stop as failed", reconnect: "stop as failed", agency: "stop as failed" },
  unanswered: { refresh: "stop as failed", reconnect: "stop as failed", agency: "stop as failed" },
};

const STEPS: readonly StepName[] = ["refresh", "reconnect", "agency"];

for (const kind of Object.keys(TABLE) as (keyof typeof TABLE)[]) {
  for (const step of STEPS) {
    Deno.test(`after ${kind} at ${step}: ${TABLE[kind][step]}`, () => {
      const action = nextAction(step, OUTCOMES[kind], 0);
      const words = action.do === "stop" ? `stop as ${action.as}` : action.do;
      assert.equal(words, TABLE[kind][step]);
    });
  }
}

for (const step of STEPS) {
  Deno.test(`what ${step} grants is used`, () => {
    const grant = { tokens, clientId: "client" };
    assert.deepEqual(nextAction(step, { kind: "granted", grant }, 9), { do: "use", grant });
  });

  Deno.test(`a throttled ${step} waits up to 10 s, twice, and then is the caller's`, () => {
    const throttled = (retryAfterMs: number): Outcome => ({ kind: "throttled", error, retryAfterMs });
    assert.deepEqual(nextAction(step, throttled(10_000), 0), { do: "wait", ms: 10_000 });
    assert.deepEqual(nextAction(step, throttled(0), 1), { do: "wait", ms: 0 });
    assert.deepEqual(nextAction(step, throttled(0), 2), { do: "stop", as: "failed" });
    assert.deepEqual(nextAction(step, throttled(10_001), 0), { do: "stop", as: "failed" });
  });
}

Deno.test("only a refresh that is rejected looks at the store again: nothing else says a token is dead", () => {
  const rereads = STEPS.flatMap((step) =>
    Object.values(OUTCOMES).filter((outcome) => nextAction(step, outcome, 0).do === "reread").map((
      { kind },
    ) => `${kind} at ${step}`)
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
    unauthorized: "unknown",
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
    for (const step of STEPS) {
      assert.deepEqual(nextAction(step, outcomeOf(transient), 0), { do: "stop", as: "failed" });
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
    isOpen("refresh", { record: held, endpointRemoved: true, forced: false });
  assert.equal(open(undefined), false);
  assert.equal(open(record()), true);
  assert.equal(open(record({ refreshTokenDead: true })), false);
  assert.equal(open(record({ tokens: bare })), false);
  for (const status of ["paused", "broken", "reauthorization_required"] as const) {
    assert.equal(open(record({ status })), true, `${status} keeps the refresh token usable`);
  }
});

Deno.test("reconnect is open unless the endpoint is remembered as removed", () => {
  assert.equal(isOpen("reconnect", { record: undefined, endpointRemoved: false, forced: false }), true);
  assert.equal(isOpen("reconnect", { record: record(), endpointRemoved: true, forced: false }), false);
});

Deno.test("the agency is open for a location whose company is known", () => {
  const open = (held: ConnectionRecord | undefined): boolean =>
    isOpen("agency", { record: held, endpointRemoved: false, forced: false });
  assert.equal(open(undefined), false);
  assert.equal(open(record()), false);
  assert.equal(open(record({ companyId: "agency" })), true);
  assert.equal(open(record({ target: { companyId: "agency" }, companyId: "agency" })), false);
});

Deno.test("an access token is usable, expiring within the margin, or dead", () => {
  const at = (leftMs: number, rejected?: string): string =>
    freshness(
      record({ tokens: { ...tokens, expiresAt: new Date(NOW + leftMs) } }),
      NOW,
      MARGIN,
      rejected,
    );
  assert.equal(at(MARGIN + 1), "usable");
  assert.equal(at(MARGIN), "expiring");
  assert.equal(at(1), "expiring");
  assert.equal(at(0), "dead");
  assert.equal(at(-1), "dead");
  assert.equal(at(86_399_000, "access"), "dead");
  assert.equal(at(86_399_000, "another"), "usable");
  assert.equal(freshness(undefined, NOW, MARGIN, undefined), "dead");
  assert.equal(
    freshness(record({ status: "forgotten", tokens: undefined as never }), NOW, MARGIN, undefined),
    "dead",
  );
});

Deno.test("C4: a forced recovery sends once more a refresh token that was called dead", () => {
  const situation = { record: record({ refreshTokenDead: true }), endpointRemoved: true, forced: true };
  assert.equal(isOpen("refresh", situation), true);
});

Deno.test("C8: the margin grows by the key's spread up to a fifth of the token's life, and is a quarter of it at most", () => {
  const lifeMs = 86_400_000;
  const heldSince = (issuedAt: number) =>
    record({
      tokens: { ...tokens, expiresAt: new Date(issuedAt + lifeMs) },
      accessTokenIssuedAt: issuedAt,
    });
  const held = heldSince(NOW);
  assert.equal(marginOf(held, MARGIN, 0), MARGIN);
  for (const spread of ["a", "b", "c", "d"].map(spreadOf)) {
    const added = Array.from({ length: 100 }, (_, at) => {
      const issuedAt = NOW + at * 75_600_000;
      return (marginOf(heldSince(issuedAt), MARGIN, spread) - MARGIN) / (lifeMs / 5);
    });
    assert.ok(Math.min(...added) >= 0 && Math.max(...added) < 1, `${spread}`);
    const beyond = added.map((part) => (part - spread + 1) % 1);
    assert.ok(Math.max(...beyond) < 0.501, `${spread}: half of it is the key's own`);
    assert.ok(Math.max(...beyond) > 0.3, `${spread}: the other half differs from token to token`);
  }
  assert.equal(marginOf(held, 30 * lifeMs, 0), lifeMs / 4);
  assert.equal(marginOf(record(), MARGIN, 0.5), MARGIN, "of a life that is not known");
  assert.equal(marginOf(undefined, MARGIN, 0.5), MARGIN);
});

const failed = (changes: Partial<Failure> = {}): Failure => ({
  outcome: "failed",
  code: "unavailable",
  message: "down",
  at: NOW,
  since: NOW,
  attempts: 1,
  ...changes,
});

Deno.test("C7: an answer that nobody knows asks for a person only when it has come for a day", () => {
  const DAY = 86_400_000;
  const doubt = "invalid_request";
  assert.equal(endOfRefusals(failed()), "reauthorization_required");
  assert.equal(endOfRefusals(failed({ doubt })), "failed");
  assert.equal(endOfRefusals(failed({ doubt, since: NOW - DAY + 1 })), "failed");
  assert.equal(endOfRefusals(failed({ doubt, since: NOW - DAY })), "reauthorization_required");
});

Deno.test("a failure is believed for the time of the cool-down, and by no clock that runs behind it", () => {
  const cooling = (offset: number): boolean => isCoolingDown(failed(), NOW + offset, 30_000);
  assert.deepEqual([-1, 0, 29_999, 30_000].map(cooling), [false, true, true, false]);
  assert.equal(isCoolingDown(undefined, NOW, 30_000), false);
  assert.equal(isCoolingDown(failed(), NOW, 0), false);
});

Deno.test("work is due before a token ends, and after failures in growing pauses", () => {
  const due = (changes: Partial<ConnectionRecord>): number | undefined => {
    const at = dueAtOf(record(changes), MARGIN, 0);
    return at === undefined ? undefined : at - NOW;
  };
  assert.equal(due({}), 86_399_000 - MARGIN);
  assert.equal(due({ status: "forgotten" }), undefined);
  const pauses = [1, 2, 3, 9, 10, 100].map((attempts) => due({ failure: failed({ attempts }) }));
  assert.deepEqual(pauses, [1, 2, 4, 256, 360, 360].map((minutes) => minutes * 60_000));
  for (const outcome of ["paused", "reauthorization_required"] as const) {
    assert.equal(due({ failure: failed({ outcome }) }), 86_400_000, "once a day");
  }
});

Deno.test("without a margin a token is good until it ends", () => {
  const held = record({ tokens: { ...tokens, expiresAt: new Date(NOW + 1) } });
  assert.equal(freshness(held, NOW, 0, undefined), "usable");
});
