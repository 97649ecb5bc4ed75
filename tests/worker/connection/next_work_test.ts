import { deepEqual, equal, ok } from "node:assert/strict";
import type { ConnectionRecord } from "../../../src/connections/record.ts";
import { type InstallationFacts, NO_FACTS } from "../../../src/worker/connection/installation_facts.ts";
import { nextWork } from "../../../src/worker/connection/next_work.ts";

/*
 * What a connection needs next, by its record and its trouble: pure, without workerd.
 */

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const NOW = 1_000 * DAY;
const KEY = "app/location/loc";

const held = (status: ConnectionRecord["status"], livesMs: number, leftMs = livesMs): ConnectionRecord => ({
  target: { locationId: "loc" },
  status,
  tokens: {
    accessToken: "a",
    refreshToken: "r",
    tokenType: "Bearer",
    userType: "Location",
    expiresAt: new Date(NOW + leftMs),
    scope: [],
  },
  accessTokenIssuedAt: NOW + leftMs - livesMs,
  updatedAt: NOW + leftMs - livesMs,
});
const inTrouble = (since: number, tries = 0, triedAt = since, isTold = false): InstallationFacts => ({
  ...NO_FACTS,
  trouble: { since, tries, triedAt, ...(isTold && { isTold }) },
});
const names = (record: ConnectionRecord | undefined, facts: InstallationFacts): string[] =>
  Object.keys(nextWork(record, facts, NOW, KEY)).sort();

/** What follows `restoredMs` ago's restoring for a token that has `leftMs` left: when it is refreshed, ms from now; by key. */
function refreshAfterRestoring(leftMs: number, restoredMs: number, key = KEY): number {
  const facts = { ...NO_FACTS, restoredAt: NOW - restoredMs };
  const { refreshAt = NaN } = nextWork(held("connected", DAY, leftMs), facts, NOW, key);
  return refreshAt - NOW;
}

Deno.test("what has ended when an export is restored is refreshed over half an hour, by the keys, and not at once", () => {
  const at = Array.from(
    { length: 2_000 },
    (_, index) => refreshAfterRestoring(-HOUR, 0, `app/location/${index}`),
  );
  ok(at.every((ms) => ms >= 0 && ms <= 30 * MINUTE));
  const perMinute = Map.groupBy(at, (ms) => Math.floor(ms / MINUTE));
  equal(perMinute.size, 30);
  for (const { length } of perMinute.values()) ok(length > 30 && length < 110, `${length} in a minute`);
});

Deno.test("a token that lives when it is restored is refreshed before its end, and a young one as ever", () => {
  for (let index = 0; index < 200; index++) {
    const key = `app/location/${index}`;
    const soon = refreshAfterRestoring(20 * MINUTE, 0, key);
    ok(soon >= 0 && soon <= 15 * MINUTE, `${soon}`);
    equal(
      refreshAfterRestoring(20 * HOUR, 0, key) + NOW,
      nextWork(held("connected", DAY, 20 * HOUR), NO_FACTS, NOW, key).refreshAt,
    );
    equal(refreshAfterRestoring(-HOUR, HOUR, key), 0, "an hour after the restoring what is due is due");
  }
});

const CASES: readonly [string, ConnectionRecord | undefined, InstallationFacts, readonly string[]][] = [
  ["nothing is known", undefined, NO_FACTS, []],
  ["healthy", held("connected", DAY), NO_FACTS, ["refreshAt"]],
  ["K12: forgotten", { target: { locationId: "loc" }, status: "forgotten", updatedAt: NOW }, NO_FACTS, [
    "eraseAt",
  ]],
  ["forgotten, and installed since", {
    target: { locationId: "loc" },
    status: "forgotten",
    updatedAt: NOW - 5,
  }, {
    ...NO_FACTS,
    installedAt: NOW,
  }, []],
  ["waits for a person", held("reauthorization_required", DAY), NO_FACTS, []],
  ["waits for a person, in an outage", held("reauthorization_required", DAY), inTrouble(NOW), []],
  ["paused, in an outage", held("paused", DAY), inTrouble(NOW), []],
  ["a mistyped id, in an outage", undefined, inTrouble(NOW), []],
  ["an installation without tokens, in an outage", undefined, { ...inTrouble(NOW), installedAt: NOW }, [
    "healAt",
    "tellAt",
  ]],
  ["in trouble", held("connected", DAY), inTrouble(NOW), ["healAt", "tellAt"]],
  ["broken", held("broken", DAY), inTrouble(NOW), ["healAt", "tellAt"]],
  ["in trouble that people know of", held("broken", DAY), inTrouble(NOW, 3, NOW, true), ["healAt"]],
  ["in trouble for eight days", held("connected", DAY), inTrouble(NOW - 8 * DAY), []],
  ["K6: ended unseen, since an alarm was lost", held("connected", DAY, -HOUR), NO_FACTS, ["refreshAt"]],
  ["imported with an end in the past", held("connected", 0, -1), NO_FACTS, []],
  ["suspended, and ended since", held("connected", DAY, -HOUR), { ...NO_FACTS, suspended: { at: NOW } }, []],
  ["suspended, in trouble", held("broken", DAY), { ...inTrouble(NOW), suspended: { at: NOW } }, []],
  [
    "suspended, and forgotten since",
    { target: { locationId: "loc" }, status: "forgotten", updatedAt: NOW },
    { ...NO_FACTS, suspended: { at: NOW } },
    ["eraseAt"],
  ],
  ["K1: a refresh had begun", { ...held("connected", DAY), spendingSince: NOW - 5 }, NO_FACTS, ["refreshAt"]],
];

for (const [given, record, facts, expected] of CASES) {
  Deno.test(`next work: ${given} → ${expected.join(", ") || "none"}`, () => {
    deepEqual(names(record, facts), [...expected]);
  });
}

Deno.test("next work: what had begun, or ended unseen, is refreshed now", () => {
  equal(nextWork({ ...held("connected", DAY), spendingSince: 1 }, NO_FACTS, NOW, KEY).refreshAt, NOW);
  equal(nextWork(held("connected", DAY, -HOUR), NO_FACTS, NOW, KEY).refreshAt, NOW);
});

Deno.test("next work: refreshes are an hour ahead, and spread over a fifth of the token's life by the key", () => {
  const leads = Array.from({ length: 500 }, (_, index) => {
    const { refreshAt = NaN } = nextWork(held("connected", DAY), NO_FACTS, NOW, `app/location/l${index}`);
    return NOW + DAY - refreshAt;
  });
  ok(Math.min(...leads) >= HOUR && Math.max(...leads) <= HOUR + DAY / 5);
  const hours = new Set(leads.map((lead) => Math.floor((lead - HOUR) / (24 * MINUTE))));
  equal(hours.size, 12, "every 24 minutes of it has some");
  equal(
    nextWork(held("connected", DAY), NO_FACTS, NOW, KEY).refreshAt,
    nextWork(held("connected", DAY), NO_FACTS, NOW + 5, KEY).refreshAt,
    "asked again, the same",
  );
});

Deno.test("next work: a token of seconds is refreshed before its end, and not all the time", () => {
  const { refreshAt = NaN } = nextWork(held("connected", 6_000), NO_FACTS, NOW, KEY);
  ok(refreshAt > NOW + 1_000 && refreshAt < NOW + 6_000);
  equal(nextWork(held("connected", 500), NO_FACTS, NOW, KEY).refreshAt, NOW + 1_000);
});

Deno.test("next work: pauses grow from ten seconds over a minute to six hours", () => {
  const pauses = Array.from({ length: 12 }, (_, tries) => {
    const { healAt = NaN } = nextWork(held("broken", DAY), inTrouble(NOW - HOUR, tries, NOW), NOW, KEY);
    return healAt - NOW;
  });
  const near = [10_000, ...[1, 2, 4, 8, 16, 32, 64, 128, 256, 360, 360].map((minutes) => minutes * MINUTE)];
  for (const [index, pause] of pauses.entries()) {
    const about = near[index] ?? NaN;
    ok(pause >= 0.75 * about && pause <= 1.25 * about, `${index}: ${pause}`);
  }
});

Deno.test("next work: people hear of trouble an hour after it began, and after the token ended", () => {
  equal(nextWork(held("connected", DAY, -2 * HOUR), inTrouble(NOW), NOW, KEY).tellAt, NOW + HOUR);
  equal(nextWork(held("connected", DAY, HOUR), inTrouble(NOW), NOW, KEY).tellAt, NOW + 2 * HOUR);
  const { trouble, ...facts } = inTrouble(NOW);
  const later = { ...facts, ...trouble && { trouble: { ...trouble, tellAfter: NOW + 9 * HOUR } } };
  equal(
    nextWork(held("connected", DAY, HOUR), later, NOW, KEY).tellAt,
    NOW + 9 * HOUR,
    "not on the same day",
  );
});
