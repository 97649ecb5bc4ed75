import { equal, ok } from "node:assert/strict";
import { about, costOf, costTable, freePlan } from "../bench/cost/cost_table.ts";
import { monthlyCost } from "../bench/cost/monthly_cost.ts";
import { monthlyUse, refreshesADay } from "../bench/cost/monthly_use.ts";
import type { MonthlyUse } from "../bench/cost/prices.ts";
import { freeWalls, paidWalls } from "../bench/cost/walls.ts";
import { ROOT } from "./root.ts";

/*
 * What docs/OPERATIONS.md says of costs is what the model says today. That its counts are those of the worker is held by
 * `tests/worker/connection/cost_test.ts`.
 */

Deno.test("the costs in docs/OPERATIONS.md are what the model says", async () => {
  const doc = await Deno.readTextFile(`${ROOT}/docs/OPERATIONS.md`);
  for (const text of [costTable(), freePlan()]) {
    ok(
      doc.includes(text),
      `docs/OPERATIONS.md does not have this, which is what the model says now:\n\n${text}\n`,
    );
  }
});

const NOTHING: MonthlyUse = {
  requests: 0,
  cpuMs: 0,
  kvReads: 0,
  kvWrites: 0,
  kvLists: 0,
  kvStoredGb: 0,
  objectRequests: 0,
  objectGbSeconds: 0,
  rowsRead: 0,
  rowsWritten: 0,
  objectStoredGb: 0,
  queueOperations: 0,
  logGb: 0,
  logStoredGb: 0,
};

/** Bills that were reckoned by hand. */
const BILLS: readonly (readonly [what: string, use: Partial<MonthlyUse>, usd: number])[] = [
  ["nothing: the plan", {}, 5],
  ["what is included", { requests: 10e6, kvReads: 10e6, kvWrites: 1e6, rowsWritten: 50e6, logGb: 50 }, 5],
  ["72 million requests, each with a read of KV", { requests: 72e6, kvReads: 72e6 }, 5 + 62 * 0.3 + 62 * 0.5],
  ["30 million writes of KV", { kvWrites: 30e6 }, 5 + 29 * 5],
  ["250 million rows written, 26 billion read", { rowsWritten: 250e6, rowsRead: 26e9 }, 5 + 200 + 1],
  ["objects", { objectRequests: 3e6, objectGbSeconds: 1.4e6, objectStoredGb: 10 }, 5 + 0.3 + 12.5 + 1],
  ["logs", { logGb: 75, logStoredGb: 20 }, 5 + 6.25 + 0.8], // the example of Cloudflare's page
];

for (const [what, use, usd] of BILLS) {
  Deno.test(`a month of ${what} costs $${usd.toFixed(2)}`, () => {
    equal(monthlyCost({ ...NOTHING, ...use }).usd.toFixed(4), usd.toFixed(4));
  });
}

Deno.test("a connection is refreshed a little more than once a day, and use grows with the number of connections", () => {
  ok(refreshesADay() > 1.04 && refreshesADay() < 1.3, `${refreshesADay()}`);
  const usage = { readsADay: 24, overHttp: true, logSampling: 1 };
  const one = monthlyUse({ ...usage, connections: 1_000 });
  const ten = monthlyUse({ ...usage, connections: 10_000 });
  equal(one.requests, 720_000);
  equal(one.kvReads, one.requests);
  for (const [name, used] of Object.entries(ten)) {
    equal(
      (used / Math.max(1e-9, Object(one)[name])).toFixed(3),
      name === "queueOperations" ? "0.000" : "10.000",
      name,
    );
  }
});

Deno.test("who reads through a service binding pays no requests, and who logs less pays less", () => {
  ok(costOf(100_000, { overHttp: false }).by.requests === 0);
  ok(costOf(100_000, { logSampling: 1 }).usd > costOf(100_000).usd);
});

Deno.test("the free plan ends by the writes of KV, and Workers Paid carries the directory's million rows", () => {
  const [first] = freeWalls({ readsADay: 24, overHttp: true, logSampling: 0.01 });
  equal(first?.what, "writes of KV");
  ok((first?.endsAt ?? NaN) > 700 && (first?.endsAt ?? NaN) < 1_000);
  const [wall] = paidWalls();
  ok((wall?.endsAt ?? NaN) > 1_000_000, `${wall?.what} ends at ${wall?.endsAt}`);
  equal(about(853), "850");
});
