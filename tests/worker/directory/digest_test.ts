import { deepEqual, equal, match, ok } from "node:assert/strict";
import { isNews } from "../../../src/worker/directory/alert_news.ts";
import { messageBody } from "../../../src/worker/directory/alert_text.ts";
import { type DigestState, nextTelling, type PendingAlert } from "../../../src/worker/directory/digest.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

function pending(n: number, at: number): PendingAlert {
  return {
    n,
    at,
    kind: "reauthorization_required",
    code: n % 3 === 0 ? "invalid_grant" : "not_installed",
    target: { kind: "location", id: `L${n}` },
  };
}

/** What a chat gets when an alert comes at each of `arrivals`, as the object would do it. */
function chat(arrivals: readonly number[], untilMs: number): { at: number; told: number; kind: string }[] {
  const got: { at: number; told: number; kind: string }[] = [];
  let waiting: PendingAlert[] = [];
  let state: DigestState | undefined;
  let nextAt = Infinity;
  for (let now = 0; now <= untilMs; now += SECOND / 4) {
    const fresh = arrivals.filter((at) => at > now - SECOND / 4 && at <= now);
    waiting.push(...fresh.map((at, index) => pending(got.length + waiting.length + index + 1, at)));
    if (fresh.length === 0 && now < nextAt) continue;
    const telling = nextTelling(waiting, state, now);
    for (const message of telling.messages) {
      got.push({ at: now, kind: message.kind, told: message.kind === "single" ? 1 : message.alerts.length });
    }
    if (telling.messages.length > 0) waiting = [];
    state = telling.state;
    nextAt = telling.nextAt ?? Infinity;
  }
  return got;
}

/** Ways in which 305 connections come to need a person. */
const WAVES: Readonly<Record<string, readonly number[]>> = {
  "all in one report": Array.from({ length: 305 }, () => 0),
  "within ten seconds": Array.from({ length: 305 }, (_, index) => index * 33),
  "over a minute": Array.from({ length: 305 }, (_, index) => index * 200),
  "one first, the others later": [0, ...Array.from({ length: 304 }, () => 5 * SECOND)],
  "in pairs": Array.from({ length: 305 }, (_, index) => Math.floor(index / 2) * 100),
};

for (const [name, arrivals] of Object.entries(WAVES)) {
  Deno.test(`K10: 305 in need of a person, ${name}: at most 5 messages in half a minute, the number within one`, () => {
    const got = chat(arrivals, 20 * MINUTE);
    equal(got[0]?.at, 0, "the first at once");
    for (const { at: from } of got) {
      const near = got.filter(({ at }) => at >= from && at < from + 30 * SECOND);
      ok(near.length <= 5, `${near.length} in half a minute`);
    }
    const inAMinute = got.filter(({ at }) => at <= MINUTE).reduce((sum, { told }) => sum + told, 0);
    const arrived = arrivals.filter((at) => at <= 40 * SECOND).length;
    ok(inAMinute >= arrived, `${inAMinute} of ${arrived} told within a minute`);
    equal(got.reduce((sum, { told }) => sum + told, 0), 305, "each once");
    ok(got.length <= 7, `${got.length} messages in all`);
  });
}

Deno.test("K10: 305 that come together are one message, with number, causes and a link to their list", () => {
  const alerts = Array.from({ length: 305 }, (_, index) => pending(index, 0));
  const { messages, nextAt } = nextTelling(alerts, undefined, 0);
  equal(messages.length, 1);
  equal(nextAt, undefined);
  const [message] = messages;
  ok(message);
  const body = messageBody(message, "https://worker.example/");
  equal(body.count, 305);
  deepEqual(body.causes, [{ cause: "not_installed", count: 203 }, { cause: "invalid_grant", count: 102 }]);
  equal(body.url, "https://worker.example/?status=reauthorization_required");
  match(
    String(body.text),
    /^305 connections: 305 need reauthorization\. Causes: not_installed 203, invalid_grant 102\. https/,
  );
});

Deno.test("a few are told one by one as they come, and trouble of another day begins anew", () => {
  const got = chat([0, SECOND, 2 * SECOND, 40 * MINUTE], 60 * MINUTE);
  deepEqual(got, [0, SECOND, 2 * SECOND, 40 * MINUTE].map((at) => ({ at, kind: "single", told: 1 })));
});

Deno.test("one that comes alone after digests is told in its own words", () => {
  const got = chat([0, 0, 0, 0, 20 * MINUTE], 30 * MINUTE);
  deepEqual(got.map(({ kind, told }) => `${kind} ${told}`), ["digest 4", "single 1"]);
});

Deno.test("one of a kind and day is news, and back only after trouble was told", () => {
  const open = { kind: "broken", day: "2026-11-27", isOpen: true } as const;
  const over = { ...open, isOpen: false };
  const back = { kind: "back", day: "2026-11-27", isOpen: false } as const;
  const cases = [
    ["broken", "2026-11-27", [], true],
    ["broken", "2026-11-27", [open], false],
    ["broken", "2026-11-28", [open], true], // its object knows of nothing told: it was erased since
    ["not_stored", "2026-11-27", [open], true],
    ["broken", "2026-11-27", [over], false],
    ["broken", "2026-11-28", [over], true],
    ["reauthorization_required", "2026-11-27", [open], true],
    ["back", "2026-11-27", [], false],
    ["back", "2026-11-27", [open], true],
    ["back", "2026-11-27", [open, back], false],
    ["back", "2026-11-28", [open, back], true],
    ["back", "2026-11-28", [over, back], false],
  ] as const;
  for (const [kind, day, told, news] of cases) {
    equal(isNews(kind, day, told), news, `${kind} ${day} ${JSON.stringify(told)}`);
  }
});
