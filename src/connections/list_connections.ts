import { check, checkWhole, given } from "../oauth/check.ts";
import { defined } from "../oauth/defined.ts";
import type { ConnectionTarget } from "../oauth/target.ts";
import { summaryOf } from "./codec.ts";
import { type Connection, connectionFrom, type ConnectionPage } from "./connection.ts";
import { targetOf } from "./connection_key.ts";
import type { Parts } from "./parts.ts";
import { unlessForgotten } from "./record.ts";
import { type ConnectionStatus, STATUSES } from "../stores/status.ts";

/** Pages of the store that one call reads. Workers may do 1,000 operations a request. */
const MAX_READS = 100;

/** What is known of one connection; see `Connections.get`. */
export async function getConnection(
  { records, keyOf }: Pick<Parts, "records" | "keyOf">,
  given: ConnectionTarget,
): Promise<Connection | undefined> {
  const { key, target } = keyOf(given);
  const record = unlessForgotten(await records.read(key));
  return record && connectionFrom(target, record.status, summaryOf(record), record);
}

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
      const { status } = given(summary);
      if (!target || !status || status === "forgotten" || status !== (wanted ?? status)) continue;
      connections.push(connectionFrom(target, status, summary));
    }
    cursor = page.cursor;
  } while (cursor !== undefined && connections.length < limit && ++reads < MAX_READS);
  return defined({ connections, cursor });
}
