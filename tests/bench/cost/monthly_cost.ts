import { type MeterName, METERS, type MonthlyUse, PLAN_USD } from "./prices.ts";

/** What a month costs, USD. */
export interface MonthlyCost {
  /** All of it, the plan among it. */
  readonly usd: number;
  /** By what is charged for. */
  readonly by: Readonly<Record<MeterName, number>>;
}

/** What `use` costs on the plan Workers Paid: what is past the included part, by the list prices. */
export function monthlyCost(use: MonthlyUse): MonthlyCost {
  const costOf = (name: MeterName): number => {
    const { included, usd, per } = METERS[name];
    return Math.max(0, use[name] - included) / per * usd;
  };
  const by = {
    requests: costOf("requests"),
    cpuMs: costOf("cpuMs"),
    kvReads: costOf("kvReads"),
    kvWrites: costOf("kvWrites"),
    kvLists: costOf("kvLists"),
    kvStoredGb: costOf("kvStoredGb"),
    objectRequests: costOf("objectRequests"),
    objectGbSeconds: costOf("objectGbSeconds"),
    rowsRead: costOf("rowsRead"),
    rowsWritten: costOf("rowsWritten"),
    objectStoredGb: costOf("objectStoredGb"),
    queueOperations: costOf("queueOperations"),
    logGb: costOf("logGb"),
    logStoredGb: costOf("logStoredGb"),
  };
  return { usd: PLAN_USD + Object.values(by).reduce((sum, each) => sum + each, 0), by };
}
