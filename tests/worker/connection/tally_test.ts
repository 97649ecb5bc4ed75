import { deepEqual, equal } from "node:assert/strict";
import { NO_REPORTS, withReport, withTaken } from "../../../src/worker/connection/directory_report.ts";
import { History, HISTORY_ENTRIES } from "../../../src/worker/connection/history.ts";
import { isTallyDue, NO_TALLY, tallySince, tallyWith } from "../../../src/worker/connection/tally.ts";
import { emptyDatabase } from "../directory/directory_database.ts";

const DAY = 24 * 3_600_000;
const ROW = { kind: "location", id: "loc", status: "connected" } as const;

Deno.test("refreshes and failures are summed by code; what else happens is counted as a change, not here", () => {
  const types: readonly (readonly [type: string, code?: string])[] = [
    ["refreshed"],
    ["refreshed"],
    ["recovery_failed", "rate_limited"],
    ["recovery_failed", "rate_limited"],
    ["recovery_failed"],
    ["reauthorization_required", "invalid_grant"],
    ["recovered"],
    ["paused", "location_inactive"],
    ["imported"],
  ];
  const tally = types.reduce(
    (so, [type, code]) => tallyWith(so, { type, at: 1, ...code !== undefined && { code } }),
    NO_TALLY,
  );
  deepEqual(tally, { refreshed: 2, failed: { rate_limited: 2, unknown: 1, invalid_grant: 1 } });
  deepEqual(tallySince(tally, NO_TALLY), tally);
  equal(tallySince(tally, tally), undefined);
  deepEqual(tallySince(tally, { refreshed: 2, failed: { rate_limited: 1 } }), {
    refreshed: 0,
    failed: { rate_limited: 1, unknown: 1, invalid_grant: 1 },
  });
  // The history was lost and began anew.
  deepEqual(tallySince({ refreshed: 1, failed: {} }, tally), { refreshed: 1, failed: {} });
});

Deno.test("sums outlast the ring of the history, cost no row of their own, and are shown to nobody", () => {
  const sql = emptyDatabase();
  sql.exec("CREATE TABLE history (slot INTEGER PRIMARY KEY, seq INTEGER NOT NULL, entry TEXT NOT NULL)");
  const like: object = {
    exec: (query: string, ...values: (string | number)[]) => sql.exec(query, ...values),
  };
  const history = new History(sqlOf(like));
  const times = HISTORY_ENTRIES * 3 + 7;
  for (let at = 1; at <= times; at++) history.add({ type: "refreshed", at });
  history.add({ type: "recovery_failed", at: times + 1, code: "unavailable" });
  deepEqual(history.tally, { refreshed: times, failed: { unavailable: 1 } });
  const entries = history.entries();
  equal(entries.length, HISTORY_ENTRIES);
  deepEqual(entries[0], { type: "recovery_failed", at: times + 1, code: "unavailable" });
  equal(new History(sqlOf(like)).tally.refreshed, times, "kept in SQLite");
});

Deno.test("sums go with the next report, once, also where that is repeated or was lost with its object", () => {
  const first = withReport(NO_REPORTS, ROW, 1_000, { refreshed: 3, failed: { network: 1 } });
  deepEqual(first.report.counts, { refreshed: 3, failed: { network: 1 } });
  // Not taken yet: the same report is sent again, whatever happened since.
  const again = withReport(first.state, ROW, 2_000, { refreshed: 4, failed: { network: 1 } });
  deepEqual(again.report, first.report);
  const taken = withTaken(again.state, again.report);
  deepEqual(withReport(taken, ROW, 3_000, { refreshed: 4, failed: { network: 1 } }).report.counts, {
    refreshed: 1,
    failed: {},
  });
  equal("counts" in withReport(taken, ROW, 3_000, first.state.counted).report, false);
});

Deno.test("a connection that is never in trouble tells its sums once a week, and not at a plain refresh", () => {
  equal(isTallyDue(0, 100 * DAY), false, "nothing was ever told: the row is news");
  equal(isTallyDue(100 * DAY, 101 * DAY), false);
  equal(isTallyDue(100 * DAY, 107 * DAY), false);
  equal(isTallyDue(100 * DAY, 107 * DAY + 1), true);
});

type Sql = ConstructorParameters<typeof History>[0];

function sqlOf(value: object): Sql {
  const isSql = (one: object): one is Sql => "exec" in one;
  if (!isSql(value)) throw new Error("it is one");
  return value;
}
