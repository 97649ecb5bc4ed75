import { deepEqual, equal, ok } from "node:assert/strict";
import english from "../../../src/worker/assets/words.en.json" with { type: "json" };
import { type CustomerNews, pageOf } from "../../../src/worker/customer/page_of.ts";
import { linkState } from "../../../src/worker/customer/judged_link.ts";
import { CUSTOMER_WORDS, readerWith } from "../../../src/worker/customer/words.ts";
import { filledMessage } from "../../../src/worker/http/campaign_message.ts";
import { healthAction, type HealthState } from "../../../src/worker/connection/health.ts";

/*
 * What customers read, link by link and end by end, and what an app's own page is told: tables, without workerd.
 */

const NOW = Date.UTC(2026, 10, 27, 12);
const DAY = 24 * 3_600_000;
const APP = {
  appName: "iBooking",
  supportUrl: "https://help.example",
  afterConnectUrl: "https://app.example/",
};
const READY = { kind: "ready", isAgency: false, standing: "lost", expiresAt: NOW + 14 * DAY } as const;
const retry = "/r/token";

/** Everything that can be told: with and without names. */
const NEWS: readonly (readonly [CustomerNews, number, title: string])[] = [
  [{ ...READY, business: "Harbour" }, 200, "Reconnect Harbour"],
  [READY, 200, "Reconnect your account"],
  [{ ...READY, standing: "new" }, 200, "Connect your account"],
  [{ ...READY, standing: "connected", business: "Harbour" }, 200, "Reconnect Harbour"],
  [{ ...READY, standing: "paused", business: "Harbour" }, 200, "Harbour is paused"],
  [{ ...READY, standing: "suspended", business: "Harbour" }, 200, "Harbour is on hold"],
  [{ ...READY, isAgency: true }, 200, "Reconnect your agency"],
  [{ kind: "back", isAgency: false, business: "Harbour" }, 200, "Harbour is already connected"],
  [{ kind: "back", isAgency: true }, 200, "Your agency is already connected"],
  [{ kind: "expired" }, 410, "This link has expired"],
  [{ kind: "revoked" }, 410, "This link is no longer valid"],
  [{ kind: "altered" }, 404, "This link is not complete"],
  [{ kind: "missing" }, 404, "Page not found"],
  [{ kind: "connected", isAgency: false, isBulk: false, business: "eDental" }, 200, "eDental is connected"],
  [{ kind: "connected", isAgency: true, isBulk: true }, 200, "Your agency is connected"],
  [{ kind: "connected", isAgency: false, isBulk: false, isSuspended: true }, 200, "Your account is on hold"],
  [{ kind: "refused", isAgency: false, business: "Harbour", retry }, 400, "Not connected"],
  [{ kind: "wrong", business: "Harbour", chosen: "Hill", retry }, 409, "You chose a different account"],
  [{ kind: "wrong", business: "Harbour", retry }, 409, "You chose a different account"],
  [{ kind: "wrong", chosen: "Hill", retry }, 409, "You chose a different account"],
  [{ kind: "wrong", retry }, 409, "You chose a different account"],
  [{ kind: "wrong", business: "Harbour", isAgencyChosen: true, retry }, 409, "You chose a different account"],
  [{ kind: "trouble", mayPass: true, status: 503, retry }, 503, "Not connected yet"],
  [{ kind: "trouble", mayPass: false, status: 502, retry }, 502, "Not connected"],
  [{ kind: "stranger", retry }, 400, "Please start again"],
  [{ kind: "wait", seconds: 7 }, 429, "Please wait a moment"],
  [{ kind: "unavailable", status: 503 }, 503, "Not available right now"],
];

Deno.test("every page has its status and heading, and ends in a way on where there is one", () => {
  const reader = readerWith("en");
  for (const [news, status, title] of NEWS) {
    const page = pageOf(news, reader, APP, NOW);
    deepEqual([page.status, page.title], [status, title]);
    const to = page.button?.to;
    if (news.kind === "ready") equal(to, "here");
    else if ("retry" in news) deepEqual([to, page.button?.href], ["retry", retry]);
    else if (news.kind === "connected" || news.kind === "back") equal(page.button?.href, APP.afterConnectUrl);
    else equal(page.button, undefined);
  }
});

Deno.test("in every language nothing is left open, and nobody reads HighLevel's name, an id or our words", () => {
  for (const { code } of CUSTOMER_WORDS) {
    for (const [news] of NEWS) {
      for (const pages of [APP, {}]) {
        const { title, lines, steps = [], button, small = "" } = pageOf(news, readerWith(code), pages, NOW);
        const text = [title, ...lines, ...steps, button?.text ?? "", small].join("\n");
        ok(!/[{}]|undefined|HighLevel|OAuth|token|location|토큰|로케이션/i.test(text), `${code}: ${text}`);
        ok(title.length > 3 && lines.every((line) => line.length > 5));
      }
    }
  }
});

Deno.test("all languages have the same words, with the same names in them", () => {
  const [english] = CUSTOMER_WORDS;
  const namesIn = (text: string): string[] => [...text.matchAll(/\{\w+\}/g)].map(([name]) => name).sort();
  for (const words of CUSTOMER_WORDS) {
    deepEqual(Object.keys(words), Object.keys(english ?? {}));
    for (const [key, text] of Object.entries(english ?? {})) {
      const other = String(Reflect.get(words, key));
      ok(other.length > 0, key);
      deepEqual(namesIn(other), namesIn(text), `${words.code}: ${key}`);
    }
  }
});

Deno.test("a wrong choice is told by what is known of both", () => {
  const leadOf = (news: CustomerNews): string | undefined =>
    pageOf(news, readerWith("en"), APP, NOW).lines[0];
  type Known = { readonly business?: string; readonly chosen?: string; readonly isAgencyChosen?: boolean };
  const table: readonly (readonly [Known, string])[] = [
    [{ business: "Harbour", chosen: "Hill" }, "You chose Hill, but this link is for Harbour."],
    [{ business: "Harbour" }, "You chose another account, but this link is for Harbour."],
    [{ business: "Harbour", isAgencyChosen: true }, "You chose an agency, but this link is for Harbour."],
    [
      { business: "Harbour", chosen: "Northwind", isAgencyChosen: true },
      "You chose Northwind, but this link is for Harbour.",
    ],
    [{ chosen: "Hill" }, "Hill is not the account that was asked for."],
    [{}, "The account you chose is not the one that was asked for."],
  ];
  for (const [names, text] of table) {
    equal(leadOf({ kind: "wrong", ...names, retry }), `${text} Nothing was connected.`);
  }
});

Deno.test("a name that stands first keeps its letters; a word of ours begins with a capital", () => {
  const leadOf = (pages: object): string | undefined => pageOf(READY, readerWith("en"), pages, NOW).lines[0];
  ok(leadOf(APP)?.startsWith("iBooking has lost its connection to your account"));
  ok(leadOf({})?.startsWith("This app has lost"));
});

Deno.test("a name of another direction turns nothing around it, on a page and in a message", () => {
  const titleOf = (business: string): string =>
    pageOf({ ...READY, business }, readerWith("en"), APP, NOW).title;
  const table: readonly (readonly [name: string, shown: string])[] = [
    ["Harbour (North)", "Harbour (North)"],
    ["서울 미소 치과", "서울 미소 치과"],
    ["عيادة النور", "\u2068عيادة النور\u2069"],
    ["מרפאה 24", "\u2068מרפאה 24\u2069"],
    ["\u202egnik", "\u2068\u202egnik\u2069"],
    ["\u2069\u202egnik", "\u2068\u202egnik\u2069"],
  ];
  for (const [name, shown] of table) {
    equal(titleOf(name), `Reconnect ${shown}`);
    const said = filledMessage("{app}: {name} {link}", english, {
      name,
      app: name,
      link: "https://w.example/r/1",
      until: NOW,
    });
    equal(said, `${shown}: ${shown} https://w.example/r/1`);
  }
  const { lines } = pageOf(READY, readerWith("ko"), { appName: "النور" }, NOW);
  ok(lines[0]?.startsWith("\u2068النور\u2069 앱과 고객님 계정의"));
});

Deno.test("a link says of its connection what is true: that it is lost, paused, works, or never was", () => {
  const leadOf = (standing: "new" | "lost" | "connected" | "paused"): string =>
    pageOf({ ...READY, standing, business: "Harbour" }, readerWith("en"), APP, NOW).lines.join(" ");
  ok(leadOf("lost").includes("has lost its connection to Harbour"));
  ok(leadOf("paused").includes("reconnects by itself"));
  for (const standing of ["new", "connected", "paused"] as const) ok(!leadOf(standing).includes("lost"));
});

Deno.test("what is to be chosen reads well, whether or not a name is known", () => {
  const stepOf = (code: string, news: object): string | undefined =>
    pageOf({ ...READY, ...news }, readerWith(code), APP, NOW).steps?.[1];
  ok(stepOf("en", {})?.startsWith("On the next page, choose your account."));
  ok(stepOf("en", { isAgency: true })?.startsWith("On the next page, choose your agency."));
  ok(stepOf("en", { isAgency: true, business: "N" })?.startsWith("On the next page, choose the agency N."));
  ok(stepOf("ko", { isAgency: true })?.startsWith("다음 화면에서 고객님의 에이전시 계정을 선택해"));
});

Deno.test("the day on which a link ends is told as its reader writes it, unless it is today", () => {
  const smallOf = (locale: string, leftMs: number): string | undefined =>
    pageOf({ ...READY, expiresAt: NOW + leftMs }, readerWith(locale), APP, NOW).small;
  equal(smallOf("en-GB", 14 * DAY), "This link works until 11 December 2026.");
  equal(smallOf("en-US", 14 * DAY), "This link works until December 11, 2026.");
  equal(smallOf("ko", 14 * DAY), "이 링크는 2026년 12월 11일까지 사용할 수 있습니다.");
  equal(smallOf("en", DAY - 1), undefined);
});

Deno.test("the reader's language is the first of the browser's that is known, else English", () => {
  const table = {
    "ko": "ko",
    "ko-KR,ko;q=0.9,en;q=0.8": "ko",
    "fr,de;q=0.9": "en",
    "fr, ko;q=0.2, en;q=0.1": "ko",
    "": "en",
    "ko ; q=0.8 , en;q=0.7": "ko",
    "en;q=0.1,KO-kr;Q=0.9": "ko",
    "en-001,ko;q=0.5": "en",
    "es-419,ko;q=0.5": "ko",
    "ko-Kore-KR-u-ca-dangi": "ko",
    "ko;q=0,en": "en",
    "kok": "en",
    "*;q=0.5, ko;q=0.4": "ko",
    ";;;,,": "en",
  };
  for (const [header, code] of Object.entries(table)) {
    const reader = readerWith(header);
    equal(reader.words.code, code, header);
    ok(pageOf(READY, reader, APP, NOW).small, `a date can be written for ${reader.locale}`);
  }
  equal(readerWith(undefined).words.code, "en");
});

Deno.test("a link is revoked by what came after it, and done once its connection is back since", () => {
  const known = (status: "connected" | "broken", links: object = {}) => ({
    connection: { target: { locationId: "L" }, status, updatedAt: new Date(NOW) },
    links,
  });
  const table: readonly (readonly [Parameters<typeof linkState>[1], string])[] = [
    [undefined, "ready"],
    [known("broken"), "ready"],
    [known("broken", { revokedAt: NOW + 1 }), "revoked"],
    [known("broken", { revokedAt: NOW - 1 }), "ready"],
    [known("connected", { returnedAt: NOW + 1 }), "back"],
    [known("connected", { returnedAt: NOW + 1, revokedAt: NOW + 2 }), "revoked"],
    [known("connected", { returnedAt: NOW - 1 }), "ready"], // made for one that works: more scopes, say
    [known("broken", { returnedAt: NOW + 1 }), "ready"], // lost once more
  ];
  for (const [state, expected] of table) equal(linkState({ madeAt: NOW }, state), expected);
});

Deno.test("health: where a connection stands decides what an app's own page says", () => {
  const known = { isKnown: true, isAwaited: false };
  const table: readonly (readonly [HealthState, string | undefined])[] = [
    [{ ...known, status: "connected" }, "none"],
    [{ ...known, status: "connected", isAwaited: true }, "none"],
    [{ ...known, status: "broken" }, "wait"],
    [{ ...known, status: "paused" }, "wait"],
    [{ ...known, status: "reauthorization_required" }, "relink"],
    [{ ...known, status: "reauthorization_required", isAwaited: true }, "wait"],
    [{ isKnown: true, isAwaited: true }, "wait"],
    [known, "relink"], // uninstalled, or forgotten
    [{ isKnown: false, isAwaited: false }, undefined],
  ];
  for (const [state, action] of table) equal(healthAction(state), action, JSON.stringify(state));
});
