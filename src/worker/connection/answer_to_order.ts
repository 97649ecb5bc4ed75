import type { ConnectionRecord } from "../../connections/host.ts";
import { describeTarget } from "../../oauth/host.ts";
import type { ConnectionTarget } from "../../oauth/mod.ts";
import type { BulkOrder } from "./connection_api.ts";
import type { PlainRecovery } from "../durable/plain_result.ts";
import { isHealthy } from "./next_work.ts";

/**
 * The answer to one order of a bulk recovery that needs no work: the connection was forgotten, which wins, or its tokens
 * are younger than the order, so that a message which comes twice spends nothing, or the order is not for healthy ones.
 * `undefined` where there is work.
 */
export function answerToOrder(
  target: ConnectionTarget,
  record: ConnectionRecord | undefined,
  { since, revives, sparesHealthy = false }: BulkOrder,
): PlainRecovery | undefined {
  if (record?.status === "forgotten" && (!revives || record.updatedAt >= since)) {
    const message = `${describeTarget(target)} was forgotten.`;
    const error = { code: "not_installed", message, retryable: false } as const;
    return { target, outcome: "failed", attempts: [], error };
  }
  const isYounger = (record?.accessTokenIssuedAt ?? 0) >= since;
  if ((isYounger || sparesHealthy) && isHealthy(record, Date.now())) {
    return { target, outcome: "recovered", by: "store", attempts: [] };
  }
  return undefined;
}
