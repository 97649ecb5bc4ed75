import { atMost, type Row, type Section } from "../section.ts";
import { costLines, costOf, dollars, freePlan, SIZES } from "./cost_table.ts";
import { refreshesADay } from "./monthly_use.ts";

/** What a month may cost, USD, by the number of connections. */
const GOALS: readonly (readonly [connections: number, usd: number])[] = [[100_000, 60], [1_000_000, 700]];

/** What a worker costs a month at Cloudflare's list prices: a model of what the metering test counts. Measures nothing. */
export function cost(): Promise<Section> {
  const rows: Row[] = costLines().map(([what, cells]) => ({
    cells: [what.replaceAll(/[*`]/g, ""), ...cells.map((cell) => cell.replaceAll("*", ""))],
    data: { what, cells },
  }));
  for (const [connections, most] of GOALS) {
    const { usd } = costOf(connections);
    rows.push({
      cells: [`a month, ${connections.toLocaleString("en")}`, "", "", dollars(usd)],
      verdict: atMost(usd, most, dollars),
      data: { connections, usd },
    });
  }
  return Promise.resolve({
    name: "cost",
    title: "Cost: a month on Cloudflare, by the metering test and the list prices of November 2026",
    columns: ["", ...SIZES.map((size) => size.toLocaleString("en"))],
    rows,
    notes: [
      `Each token is refreshed ${refreshesADay().toFixed(2)} times a day, and read 24 times.`,
      freePlan().replaceAll("*", ""),
      "Prices, counts and what is assumed: tests/bench/cost/prices.ts and metered.ts.",
    ],
  });
}
