import { check, checkWhole } from "../oauth/check.ts";
import { defined } from "../oauth/defined.ts";
import { type Connection, connectionFrom, type ConnectionPage } from "./connection.ts";
import { targetOf } from "./connection_key.ts";
import type { Parts } from "./parts.ts";
import { type ConnectionStatus, STATUSES } from "../stores/status.ts";

/** Pages of the store that one call reads. Workers may do 1,000 operations a request. */
const MAX_READS = 100;

/** One page of connections; see `Connections.list`. */
export async function listConnections(
  { records, prefix }: Pick<Parts, "records" | "prefix">,
  options: { readonly status?: ConnectionStatus; readonly limit?: number; readonly cursor?: string },
): Promise<ConnectionPage> {
  const { status: wanted, limit = 100 } = options;
  checkWhole("limit", limit, 1000);
  check(wanted === undefined || STATUSES.includes(wanted), `status must be one of ${STATUSES.join(", ")}`);
  const connections: Connection[] = [];
  let { cursor } = options;
  let reads = 0;
  do {
    const page = await records.list(
      defined({ prefix, limit: limit - connections.length, status: wanted, cursor }),
    );
    for (const { key, summary } of page.entries) {
      const target = targetOf(prefix, key);
      const { status } = summary;
      if (!target || !status || status === "forgotten" || status !== (wanted ?? status)) continue;
      connections.push(connectionFrom(target, status, summary));
    }
    cursor = page.cursor;
  } while (cursor !== undefined && connections.length < limit && ++reads < MAX_READS);
  return defined({ connections, cursor });
}
