import { grouped } from "../quantity.ts";
import { type MonthlyCost, monthlyCost } from "./monthly_cost.ts";
import { monthlyUse, refreshesADay, type Usage } from "./monthly_use.ts";
import type { MeterName } from "./prices.ts";
import { freeWalls, paidWalls } from "./walls.ts";

/** The sizes that are told. */
export const SIZES = [1_000, 100_000, 1_000_000] as const;

/** Every token is read once an hour, over HTTP; a hundredth of the requests is logged, and all that failed. */
export const USUAL = { readsADay: 24, overHttp: true, logSampling: 0.01 } as const;

/** Lines of the bill, with what is charged for in each. */
const LINES: readonly (readonly [what: string, meters: readonly MeterName[]])[] = [
  ["requests", ["requests", "cpuMs"]],
  ["KV: reads", ["kvReads"]],
  ["KV: writes, lists, what is stored", ["kvWrites", "kvLists", "kvStoredGb"]],
  ["objects: rows", ["rowsWritten", "rowsRead"]],
  ["objects: requests, time, what is stored", ["objectRequests", "objectGbSeconds", "objectStoredGb"]],
  ["queues, logs", ["queueOperations", "logGb", "logStoredGb"]],
];

/** Other ways to use it, each as the whole bill. */
const OTHERS: readonly (readonly [what: string, usage: Partial<Usage>])[] = [
  ["the same, with every request logged", { logSampling: 1 }],
  ["the same, read through a service binding or `connectionsOf`", { overHttp: false }],
  ["the same, read once a life, as `./client` does", { readsADay: refreshesADay() }],
];

/** What a month costs for `connections`, in another way of `usage` than usual. */
export function costOf(connections: number, usage: Partial<Usage> = {}): MonthlyCost {
  return monthlyCost(monthlyUse({ ...USUAL, ...usage, connections }));
}

/** The lines of the table: what, and a cell for each size. */
export function costLines(): readonly (readonly [what: string, cells: readonly string[]])[] {
  const [wall] = paidWalls();
  return [
    ["Workers Paid", SIZES.map(() => "$5")],
    ...LINES.map(([what, meters]) =>
      [
        what,
        SIZES.map((size) => dollars(meters.reduce((sum, meter) => sum + costOf(size).by[meter], 0))),
      ] as const
    ),
    ["**a month**", SIZES.map((size) => `**${dollars(costOf(size).usd)}**`)],
    ...OTHERS.map(([what, usage]) => [what, SIZES.map((size) => dollars(costOf(size, usage).usd))] as const),
    [
      `the nearest wall: ${wall?.what}`,
      SIZES.map((size) => `${(size / (wall?.endsAt ?? NaN) * 100).toFixed(size < 10_000 ? 2 : 0)} %`),
    ],
  ];
}

/** The same as Markdown, as it stands in docs/OPERATIONS.md. */
export function costTable(): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [
    line(["connections", ...SIZES.map(grouped)]),
    "|---|---|---|---|",
    ...costLines().map(([what, cells]) => line([what, ...cells])),
  ].join("\n");
}

/** Where the free plan ends, as it stands in docs/OPERATIONS.md. */
export function freePlan(): string {
  const [first, second] = freeWalls(USUAL);
  if (!first || !second) throw new Error("There are no walls.");
  return `**The free plan** carries ${
    about(first.endsAt)
  } connections, by its ${first.what}; the next wall is at ${about(second.endsAt)}, its ${second.what}.`;
}

/** Dollars, whole from 10 on. */
export function dollars(usd: number): string {
  if (usd === 0) return "$0";
  return usd < 0.005 ? "< $0.01" : usd < 10 ? `$${usd.toFixed(2)}` : `$${grouped(Math.round(usd))}`;
}

/** A number by its first two digits. */
export function about(count: number): string {
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(count)) - 1);
  return grouped(Math.floor(count / unit) * unit);
}
