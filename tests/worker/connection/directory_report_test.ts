import { deepEqual, equal, ok } from "node:assert/strict";
import type { ConnectionRecord } from "../../../src/connections/record.ts";
import {
  hasNews,
  NO_REPORTS,
  type ReportState,
  rowOf,
  shownStatus,
  withAlert,
  withChange,
  withReport,
  withTaken,
} from "../../../src/worker/connection/directory_report.ts";
import { NO_FACTS } from "../../../src/worker/connection/installation_facts.ts";

/*
 * What a connection's object tells the directory, and when: pure, without workerd.
 */

const NOW = 1_000_000_000;
const TARGET = { locationId: "loc" };
const trouble = { since: NOW, tries: 0, triedAt: NOW, code: "unavailable", traceId: "t" } as const;

const held = (fields: Partial<ConnectionRecord> = {}, leftMs = 60_000): ConnectionRecord => ({
  target: TARGET,
  status: "connected",
  tokens: {
    accessToken: "a",
    refreshToken: "r",
    tokenType: "Bearer",
    userType: "Location",
    expiresAt: new Date(NOW + leftMs),
    scope: [],
  },
  updatedAt: NOW,
  ...fields,
});
const row = (record: ConnectionRecord, facts = NO_FACTS) => {
  const made = rowOf(TARGET, record, facts, NOW);
  if (!made) throw new Error("a record has a row");
  return made;
};
/** The state after a report of `record` was taken. */
const told = (record: ConnectionRecord, state: ReportState = NO_REPORTS, now = NOW): ReportState => {
  const { state: made, report } = withReport(state, row(record), now);
  return withTaken(made, report);
};

Deno.test("a row says where the connection stands and why, and never a token", () => {
  deepEqual(row(held({ name: "Acme", companyId: "c", versionId: "v", isWhiteLabel: true })), {
    kind: "location",
    id: "loc",
    name: "Acme",
    companyId: "c",
    versionId: "v",
    isWhiteLabel: true,
    status: "connected",
  });
  const lost = held({
    status: "reauthorization_required",
    trouble: { code: "invalid_grant", message: "x", traceId: "t" },
  });
  deepEqual([row(lost).cause, row(lost).traceId], ["invalid_grant", "t"]);
  equal(rowOf(TARGET, undefined, NO_FACTS, NOW), undefined);
});

Deno.test("a row tells when its link was opened, and when and by whom the connection came back", () => {
  const facts = { ...NO_FACTS, linkOpenedAt: NOW - 9, returned: { at: NOW - 5, by: "person" as const } };
  const { linkOpenedAt, returnedAt, returnedBy } = row(held(), facts);
  deepEqual([linkOpenedAt, returnedAt, returnedBy], [NOW - 9, NOW - 5, "person"]);
  ok(hasNews(told(held()), row(held(), facts)), "that is news");
});

Deno.test("in trouble a connection is broken for people once its token has ended", () => {
  equal(shownStatus(held(), { ...NO_FACTS, trouble }, NOW), "connected");
  equal(shownStatus(held({}, -1), { ...NO_FACTS, trouble }, NOW), "broken");
  equal(shownStatus(held({}, -1), NO_FACTS, NOW), "connected");
  equal(row(held({}, -1), { ...NO_FACTS, trouble }).cause, "unavailable");
});

Deno.test("a suspended connection is paused for people, whatever its record says, until it is forgotten", () => {
  const suspended = { at: NOW, reason: "not paid" };
  const facts = { ...NO_FACTS, trouble, suspended };
  for (const status of ["connected", "broken", "paused", "reauthorization_required"] as const) {
    const { status: shown, cause, traceId } = row(held({ status }, -1), facts);
    deepEqual([shown, cause, traceId], ["paused", "location_inactive/suspended", undefined], status);
  }
  equal(shownStatus(held({ status: "forgotten" }), facts, NOW), "forgotten");
});

Deno.test("a plain refresh is no news; a change of status, name, agency, version or cause is", () => {
  const state = told(held());
  equal(hasNews(state, row(held({ accessTokenIssuedAt: NOW, updatedAt: NOW + 9 }, 86_400_000))), false);
  for (
    const change of [{ status: "paused" }, { name: "Acme" }, { companyId: "c" }, { versionId: "v" }] as const
  ) equal(hasNews(state, row(held(change))), true, JSON.stringify(change));
  equal(hasNews(withChange(state, { type: "installed", at: NOW }), row(held())), true);
  equal(hasNews(withAlert(state, { kind: "back", at: NOW }), row(held())), true);
  equal(hasNews(state, undefined), false);
});

Deno.test("a report is repeated unchanged until it was taken; what happens meanwhile goes with the next", () => {
  const first = withReport(withChange(NO_REPORTS, { type: "saved", at: NOW }), row(held()), NOW);
  const meanwhile = withChange(first.state, { type: "paused", at: NOW + 5 });
  const again = withReport(meanwhile, row(held({ status: "paused" })), NOW + 9);
  deepEqual(again.report, first.report);
  const taken = withTaken(again.state, again.report);
  ok(hasNews(taken, row(held({ status: "paused" }))));
  const next = withReport(taken, row(held({ status: "paused" })), NOW + 9).report;
  deepEqual(next.changes, [{ type: "paused", at: NOW + 5 }]);
  ok(next.seq > first.report.seq);
});

Deno.test("its numbers grow, whatever the clock does", () => {
  let state = NO_REPORTS;
  const seqs: number[] = [];
  for (const now of [NOW, NOW, NOW - 9_000, NOW + 1]) {
    state = told(held({ name: `${seqs.length}` }), state, now);
    seqs.push(state.seq);
  }
  deepEqual(seqs, [...new Set(seqs)].sort((one, other) => one - other));
});

Deno.test("since when it stands there is kept; that it was lost is counted once", () => {
  const connected = told(held());
  const lost = held({ status: "reauthorization_required" });
  const first = withReport(connected, row(lost), NOW + 50);
  deepEqual([first.report.row.since, first.report.changes], [NOW + 50, [{ type: "lost", at: NOW + 50 }]]);
  const state = withTaken(first.state, first.report);
  const renamed = withReport(state, row({ ...lost, name: "Acme" }), NOW + 90).report;
  deepEqual([renamed.row.since, renamed.changes], [NOW + 50, []]);
});

Deno.test("one alert goes with each report, in order", () => {
  let state = withAlert(withAlert(NO_REPORTS, { kind: "broken", at: NOW }), { kind: "back", at: NOW + 1 });
  const kinds: unknown[] = [];
  while (hasNews(state, row(held()))) {
    const { state: made, report } = withReport(state, row(held()), NOW);
    kinds.push(report.alert?.kind);
    state = withTaken(made, report);
  }
  deepEqual(kinds, ["broken", "back"]);
});
