import { deepEqual, equal, ok } from "node:assert/strict";
import {
  type AddressState,
  afterTry,
  DOWN_AFTER,
  FRESH_ADDRESS,
  isDown,
  isOpen,
  outcomeOfAnswer,
  pauseMs,
  TRIED_FOR_MS,
  type TryOutcome,
} from "../../../src/worker/events/delivery_rules.ts";
import { isWanted } from "../../../src/worker/events/event_filter.ts";

const NOW = Date.parse("2026-11-27T12:00:00Z");
const HOUR_MS = 3_600_000;
const FAILED: TryOutcome = { kind: "failed", problem: "http_500" };

Deno.test("only 2xx takes an event; 410 ends it; Retry-After is heard in seconds and as a date", () => {
  const cases: readonly (readonly [status: number, retryAfter: string | null, TryOutcome])[] = [
    [200, null, { kind: "taken" }],
    [204, "60", { kind: "taken" }],
    [299, null, { kind: "taken" }],
    [301, null, { kind: "failed", problem: "redirect_301" }],
    [307, null, { kind: "failed", problem: "redirect_307" }],
    [400, null, { kind: "failed", problem: "http_400" }],
    [404, null, { kind: "failed", problem: "http_404" }],
    [410, "60", { kind: "gone" }],
    [429, "120", { kind: "failed", problem: "http_429", askedMs: 120_000 }],
    [
      503,
      "Fri, 27 Nov 2026 12:00:30 GMT",
      { kind: "failed", problem: "http_503", askedMs: 30_000 },
    ],
    [500, "soon", { kind: "failed", problem: "http_500" }],
    [500, "-5", { kind: "failed", problem: "http_500" }],
  ];
  for (const [status, retryAfter, expected] of cases) {
    deepEqual(outcomeOfAnswer(status, retryAfter, NOW), expected, `${status} ${retryAfter}`);
  }
});

Deno.test("the first repeat comes within a minute, pauses grow to 6 hours, and after 3 days an event is dead", () => {
  for (const spread of [0, 0.5, 0.999]) {
    let delivery = { takenAt: NOW, tries: 0 };
    let at = NOW;
    const pauses: number[] = [];
    for (;;) {
      const { delivery: step } = afterTry(delivery, FRESH_ADDRESS, FAILED, at, spread);
      if (step.do === "bury") break;
      ok(step.do === "again");
      pauses.push(step.at - at);
      at = step.at;
      delivery = { ...delivery, tries: delivery.tries + 1 };
    }
    equal(at, NOW + TRIED_FOR_MS, "the last try is at the end");
    ok((pauses[0] ?? 0) <= 60_000, `${pauses[0]}`);
    const growing = pauses.slice(0, 7);
    deepEqual(growing, growing.toSorted((one, other) => one - other));
    ok(pauses.every((pause) => pause <= 7.5 * HOUR_MS));
    ok(pauses.length >= 15 && pauses.length <= 25, `${pauses.length} tries`);
  }
});

Deno.test("an address is down after 5 failures in a row: one try at a time, in pauses up to a quarter of an hour", () => {
  let address: AddressState = FRESH_ADDRESS;
  let at = NOW;
  for (let failures = 1; failures < DOWN_AFTER; failures++) {
    ({ address } = afterTry({ takenAt: NOW, tries: 0 }, address, FAILED, at, 0.5));
    equal(isOpen(address, at), true, `${failures}`);
  }
  const pauses: number[] = [];
  for (let probe = 0; probe < 8; probe++) {
    ({ address } = afterTry({ takenAt: NOW, tries: 0 }, address, FAILED, at, 0.5));
    equal(isDown(address), true);
    pauses.push(address.pausedUntil - at);
    // Of tries that were under way at the same time the other ones tell nothing new.
    deepEqual(afterTry({ takenAt: NOW, tries: 0 }, address, FAILED, at, 0.5).address, address);
    at = address.pausedUntil;
  }
  deepEqual(pauses.slice(0, 4), [10_000, 60_000, 300_000, 900_000]);
  ok(pauses.slice(4).every((pause) => pause === 900_000));
  const back = afterTry({ takenAt: NOW, tries: 3 }, address, { kind: "taken" }, at, 0.5);
  deepEqual(back, { delivery: { do: "done" }, address: FRESH_ADDRESS, others: "due" });
});

Deno.test("what an address asks for is kept, for a day at most, for the event and for all others", () => {
  for (const [askedMs, kept] of [[120_000, 120_000], [90 * HOUR_MS, 24 * HOUR_MS]] as const) {
    const outcome = { ...FAILED, askedMs };
    const { delivery, address } = afterTry({ takenAt: NOW, tries: 0 }, FRESH_ADDRESS, outcome, NOW, 0.5);
    deepEqual(delivery, { do: "again", at: NOW + kept, problem: "http_500" });
    deepEqual(address, { failures: 1, pausedUntil: NOW + kept });
    equal(isOpen(address, NOW + kept - 1), false);
    equal(isOpen(address, NOW + kept), true);
  }
});

Deno.test("an address that answers 410 is left alone for a day, and all that waits for it is a dead letter", () => {
  const gone = afterTry({ takenAt: NOW, tries: 0 }, FRESH_ADDRESS, { kind: "gone" }, NOW, 0.5);
  deepEqual(gone.others, "bury");
  equal(gone.delivery.do, "bury");
  deepEqual(gone.address, { failures: DOWN_AFTER, pausedUntil: NOW + 24 * HOUR_MS, isGone: true });
  const back = afterTry({ takenAt: NOW, tries: 0 }, gone.address, { kind: "taken" }, NOW, 0.5);
  deepEqual(back.address, FRESH_ADDRESS);
});

Deno.test("a pause never ends at once", () => {
  for (let tries = 0; tries < 100; tries++) {
    ok(pauseMs(tries, 0) >= 7_500 && pauseMs(tries, 1) <= 7.5 * HOUR_MS);
  }
});

Deno.test("events are wanted by name or by a beginning", () => {
  const cases: readonly (readonly [string, readonly string[] | undefined, boolean])[] = [
    ["INSTALL", undefined, true],
    ["INSTALL", ["INSTALL"], true],
    ["INSTALL", ["INSTAL"], false],
    ["connection.lost", ["connection.*"], true],
    ["connections.lost", ["connection.*"], false],
    ["ContactCreate", ["job.ended", "Contact*"], true],
    ["ContactCreate", ["contact*"], false],
    ["anything", ["*"], true],
  ];
  for (const [type, types, expected] of cases) equal(isWanted(type, types), expected, `${type} ${types}`);
});
