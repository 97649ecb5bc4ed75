import { ok } from "node:assert/strict";
import { measuredDirectory } from "../../bench/directory/measured.ts";
import type { Measure } from "../../bench/directory/measured_entry.ts";

/** What an answer may read of 20,000 rows: a little, however many there are, and each match of a search once or twice. */
const MOST: readonly (readonly [string, Measure, number])[] = [
  ["a page of all", { do: "page", query: { limit: 50 }, times: 1 }, 100],
  ["a page by name", { do: "page", query: { order: "name", limit: 50 }, times: 1 }, 200],
  ["a page, trouble first", { do: "page", query: { order: "status", limit: 50 }, times: 1 }, 200],
  ["a page of a status", { do: "page", query: { status: "broken", limit: 50 }, times: 1 }, 200],
  ["a page of a status, by name", {
    do: "page",
    query: { status: "broken", order: "name", limit: 50 },
    times: 1,
  }, 60],
  ["a page of an agency", { do: "page", query: { companyId: "Co000000000000000007" }, times: 1 }, 2_500],
  ["all counts", { do: "counts", filter: {}, times: 1 }, 50],
  ["all numbers for whoever watches", { do: "metrics" }, 50],
  ["what is wrong", { do: "situation" }, 600],
  ["a search for an id", { do: "page", query: { q: "Lo000000000000007777" }, times: 1 }, 50],
  ["a search for what one row has", { do: "page", query: { q: "clinic 7777" }, times: 1 }, 100],
  ["a search for what none has", { do: "page", query: { q: "nobody" }, times: 1 }, 50],
  ["the keys of a page of an export", { do: "keys", from: 15_001, limit: 401, times: 1 }, 1_000],
  ["the names of a bulk recovery's ids", { do: "names", from: 15_001, limit: 500 }, 1_500],
  ["a page of the daily sweep", { do: "sweep", from: 15_002, keys: 1_000, times: 1 }, 3_000],
];

Deno.test("of 20,000 rows SQLite reads few for a page, a count and a search, and writes few for a change", async () => {
  await using place = await measuredDirectory(20_000);
  for (const [what, ask, most] of MOST) {
    const { rowsRead, rowsWritten } = await place.measure(ask);
    ok(rowsRead <= most, `${what}: ${rowsRead} rows read`);
    ok(rowsWritten === 0, `${what}: ${rowsWritten} rows written`);
  }
  ok(place.rowsWritten <= 12, `a new row: ${place.rowsWritten} rows written`);
  const change = { do: "change", times: 100, rows: 20_000, since: 50_000 } as const;
  const { rowsWritten } = await place.measure(change);
  ok(rowsWritten <= 7, `a change: ${rowsWritten} rows written`);
  const again = await place.measure(change);
  ok(again.rowsWritten <= 1, `a row that is told again as it is: ${again.rowsWritten} rows written`);
});
