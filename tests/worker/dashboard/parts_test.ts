import assert from "node:assert/strict";
import fc from "fast-check";
import en from "../../../src/worker/assets/words.en.json" with { type: "json" };
import { connectionPage } from "../../../src/worker/dashboard/connection_page.tsx";
import { readerOf } from "../../../src/worker/dashboard/language.ts";
import { relativeText } from "../../../src/worker/dashboard/moment.tsx";
import { overviewPage } from "../../../src/worker/dashboard/overview_page.tsx";
import { pastedConnections, pastedIds } from "../../../src/worker/dashboard/pasted_ids.ts";
import { withoutSubject } from "../../../src/worker/dashboard/without_subject.ts";
import { unrecoveredCsv } from "../../../src/worker/dashboard/unrecovered_csv.ts";
import { ownPath } from "../../../src/worker/http/session.ts";
import type { ListedConnection } from "../../../src/worker/directory/listed_connection.ts";
import { newJob, progressOf } from "../../../src/worker/recovery_job/job_facts.ts";
import type { JobItem } from "../../../src/worker/recovery_job/job_api.ts";

const HOUR = 3_600_000;

Deno.test("the overview shows exact counts, and says while the list is being built", () => {
  const view = {
    words: en,
    locale: "en-gb",
    zone: "UTC",
    base: "/hl",
    path: "/hl",
    role: "viewer",
    now: 0,
  } as const;
  const counts = {
    total: 1_000_000,
    byStatus: { broken: 1_200, connected: 998_800, paused: 0, reauthorization_required: 0 },
    byKind: { location: 999_000, company: 1_000 },
    byCause: [{ cause: "invalid_grant", count: 1_200 }],
    isComplete: false,
  };
  const row: ListedConnection = {
    target: { locationId: "loc1" },
    status: "broken",
    cause: "invalid_grant",
    since: new Date(0),
    updatedAt: new Date(0),
  };
  const page = overviewPage(view, {
    counts,
    page: {
      connections: [row],
      total: 1_200,
      cursor: '["name","x",7]',
      previous: '["<name","w",5]',
      isComplete: false,
    },
    wanted: {
      search: "",
      status: "broken",
      kind: undefined,
      cause: "timeout",
      agency: "co1",
      period: "day",
      sort: "name",
      from: 50,
    },
    agency: "Lakeside",
    chart: undefined,
    facts: {
      situation: {
        groups: [{ status: "broken", cause: "invalid_grant", count: 1_200, since: 0 }],
        agencies: [],
        agencyCount: 0,
        isWhole: true,
        jobs: [{ ...progressOf(newJob("j1", { kind: "targets" }, "admin", 0)), total: 40, remaining: 28 }],
        ending: 0,
        firstEnding: [],
      },
      total: counts.total,
      nextJob: "",
    },
  });
  const html = String(page.body);
  for (
    const text of [
      ">1,000,000<",
      ">1,200<",
      "1,200 of 1,000,000 connections are down",
      "refresh token no longer valid",
      "since 00:00",
      "12 of 40",
      "being rebuilt",
      "51–51 of 1,200",
    ]
  ) {
    assert.ok(html.includes(text), text);
  }
  assert.ok(html.includes("invalid_grant"), "why");
  const filters = "status=broken&amp;cause=timeout&amp;agency=co1&amp;period=day&amp;sort=name";
  assert.ok(
    html.includes(`href="/hl?${filters}&amp;after=%5B%22name%22%2C%22x%22%2C7%5D&amp;from=51"`),
    html,
  );
  assert.match(html, new RegExp(`href="/hl\\?${filters}" rel="prev"`), "the page before is the first one");
  assert.match(
    html,
    /<option value="timeout" selected/,
    "a cause that nothing has any more can be taken away",
  );
});

Deno.test("what has a history but never had tokens is not called forgotten", () => {
  const view = {
    words: en,
    locale: "en-gb",
    zone: "UTC",
    base: "",
    path: "/",
    role: "admin",
    now: 0,
  } as const;
  const described = {
    history: [{ type: "reauthorization_required", at: 0 }],
    installation: {},
    isAwaited: false,
    links: {},
  };
  const textOf = (isForgotten: boolean): string =>
    String(
      connectionPage(view, {
        target: { companyId: "agency1" },
        described: { ...described, isForgotten },
        link: undefined,
        did: undefined,
      }).body,
    );
  assert.match(textOf(true), /Its tokens were deleted here/);
  assert.doesNotMatch(textOf(false), /deleted|Forgotten/);
  assert.match(textOf(false), /agency1\u2069? is not known here/);
});

Deno.test("an error's subject is left out where it is the connection itself, and told where it is another", () => {
  const error = "Company agency1: a person must authorise the app again.";
  assert.equal(withoutSubject(error, "agency1"), "a person must authorise the app again.");
  assert.equal(withoutSubject(error, "loc1"), error); // a location's way back ended at its agency
  assert.equal(withoutSubject("Location loc1: HighLevel answered 503.", "loc1"), "HighLevel answered 503.");
});

Deno.test("pasted lines name connections once each; a line that names none is told with its number", () => {
  const { targets, bad } = pastedIds(
    `loc1\r\n\n  loc2 ,\ncompany/agency1\n"loc3"\nlocation: loc4\nloc1\nnot an id\n<script>\nCompany agency1\n` +
      `company\tagency2\nlocation,loc5\n"company","agency3"\nid\nlocation id\nkind,id\nkind\nlocationId\n`,
  );
  assert.deepEqual(targets.map(({ kind, id }) => `${kind}/${id}`), [
    "location/loc1",
    "location/loc2",
    "company/agency1",
    "location/loc3",
    "location/loc4",
    "company/agency2",
    "location/loc5",
    "company/agency3",
  ]);
  assert.deepEqual(bad, [
    { line: 8, text: "not an id" },
    { line: 9, text: "<script>" },
    { line: 14, text: "id" },
    { line: 15, text: "location id" },
    { line: 16, text: "kind,id" },
    { line: 17, text: "kind" },
    { line: 18, text: "locationId" },
  ]);
});

Deno.test("a pasted table, JSON or list of HighLevel's is read as a file is; lines of ids as ever", async () => {
  const [one, two, agency] = ["l1C08ntBrFjLS0elLIYU", "Zx81QmPdR4tUv7WnYb2K", "ve9EPM428h8vShlRW1KT"];
  const cases: readonly (readonly [text: string, targets: readonly string[], bad: readonly number[]])[] = [
    [`id,companyId,name\n${one},${agency},Harbour\n${two},${agency},Pier\n`, [one, two], []],
    [`Location ID;Name\r\n${one};Harbour\r\nno id;Pier\r\n`, [one], [3]],
    [JSON.stringify({ locations: [{ _id: one, name: "Harbour" }, { _id: two }] }, null, 2), [one, two], []],
    [`["${one}", "${two}"]`, [one, two], []],
    [`${one}\nlocation/${two}\n`, [one, two], []],
    [`${one}\n<script>\n`, [one], [2]],
    ["<script>\nalert(1)\n", [], [1, 2]],
  ];
  for (const [text, expected, badLines] of cases) {
    const { targets, bad } = await pastedConnections(text);
    assert.deepEqual(
      targets.map(({ kind, id }) => `${kind}/${id}`),
      expected.map((id) => `location/${id}`),
      text,
    );
    assert.deepEqual(bad.map(({ line }) => line), badLines, text);
  }
  const named = await pastedConnections(`id,name\n${one},Harbour\n`);
  assert.deepEqual(named.targets, [{ kind: "location", id: one, name: "Harbour" }]);
});

Deno.test("pasted text of any kind never throws, and every target has a valid id", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    for (const { id } of pastedIds(text).targets) assert.match(id, /^[A-Za-z0-9_-]{1,128}$/);
  }));
});

Deno.test("what was not recovered becomes a CSV file of which no cell is a formula", async () => {
  const items: JobItem[] = [
    {
      seq: 1,
      target: { locationId: "-loc" },
      outcome: "failed",
      code: "timeout",
      message: `=1+1, "two"\nlines`,
    },
    {
      seq: 2,
      target: { companyId: "c1" },
      name: "서울 미소 치과",
      outcome: "paused",
      traceId: "trace-1",
      authorizationUrl: "https://w.example/r/x",
    },
  ];
  const job = {
    changes: (seq: number) =>
      Promise.resolve({
        seq: 2,
        unrecovered: items.filter((item) => item.seq > seq).slice(0, 1),
        progress: {
          id: "j",
          status: "done" as const,
          startedBy: "admin",
          createdAt: "",
          progressAt: "",
          total: 2,
          recovered: 0,
          paused: 1,
          reauthorization_required: 0,
          failed: 1,
          remaining: 0,
        },
      }),
  };
  for (const [hasLinks, link] of [[true, "https://w.example/r/x"], [false, ""]] as const) {
    assert.equal(
      await unrecoveredCsv("left.csv", job, { hasLinks }).text(),
      "kind,id,name,outcome,code,message,traceId,authorizationUrl\r\n" +
        `location,'-loc,,failed,timeout,"'=1+1, ""two""\nlines",,\r\n` +
        `company,c1,서울 미소 치과,paused,,,trace-1,${link}\r\n`,
      "links are an admin's",
    );
  }
});

Deno.test("the reader's language is the one chosen here, else the browser's dearest known one, with its region", () => {
  const cases = [
    [undefined, undefined, "en", "en"],
    [undefined, "ko-KR,ko;q=0.9,en;q=0.8", "ko", "ko-kr"],
    [undefined, "fr, en-GB;q=0.4, ko;q=0.5", "ko", "ko"],
    [undefined, "ko;q=0, en-AU", "en", "en-au"],
    ["ko", "en-GB", "ko", "ko"],
    ["constructor", "en-GB", "en", "en-gb"],
    [undefined, "en-abcde-abcde, __proto__", "en", "en"],
  ] as const;
  for (const [chosen, header, code, locale] of cases) {
    const reader = readerOf(chosen, header);
    assert.equal(reader.language, code, `${header}`);
    assert.equal(reader.locale, locale, `${header}`);
    new Intl.NumberFormat(reader.locale);
  }
});

Deno.test("a distance in time is told in the nearest whole unit", () => {
  const view = { words: en, locale: "en-gb", zone: "UTC", base: "", path: "/", role: undefined, now: 0 };
  assert.equal(relativeText(view, 47 * HOUR), "in 2 days");
  assert.equal(relativeText(view, -47 * HOUR), "2 days ago");
  assert.equal(relativeText(view, 25 * HOUR), "tomorrow");
  assert.equal(relativeText(view, 200), "now");
});

Deno.test("after signing in a browser goes on only within the app", () => {
  const cases = [
    ["", "/ui/recoveries?x=1", "/ui/recoveries?x=1"],
    ["", "/?q=a*b", "/?q=a*b"],
    ["", undefined, "/"],
    ["", "//evil.example/ui", "/"],
    ["", "/\\evil.example", "/"],
    ["", "https://evil.example/", "/"],
    ["", "/.//evil.example", "/"],
    ["", "javascript:alert(1)", "/"],
    ["", "/ui/a\r\nSet-Cookie: x=1", "/"],
    ["/hl", "/hl/ui/recoveries", "/hl/ui/recoveries"],
    ["/hl", "/hl", "/hl"],
    ["/hl", "/other", "/hl"],
    ["/hl", "/hlx/ui", "/hl"],
    ["/hl", "/hl/../other", "/hl"],
  ] as const;
  for (const [base, wanted, expected] of cases) assert.equal(ownPath(base, wanted), expected, `${wanted}`);
});
