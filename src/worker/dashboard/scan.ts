import type { Connection, Connections } from "../../connections/mod.ts";
import type { ConnectionStatus } from "../../stores/mod.ts";

/** Keys in one page of KV. */
const PAGE_KEYS = 1_000;
/** Pages read for one look: each takes a while, and an invocation may read 1,000. */
const PAGES = 10;

/** Connections read in one look, at most. */
export const SCAN_LIMIT: number = PAGE_KEYS * PAGES;

/** What one look at the list sees. */
export interface Scan {
  /** Up to {@linkcode SCAN_LIMIT} connections in order of their keys. */
  readonly connections: readonly Connection[];
  /** Asks for the next part, where there are more. */
  readonly nextPart?: string;
}

/** Reads connections from KV's key metadata, beginning with `part`. */
export async function scan(list: Pick<Connections, "list">, part: string | undefined): Promise<Scan> {
  const connections: Connection[] = [];
  let cursor = part;
  for (let page = 0; page < PAGES; page++) {
    const read = await list.list({ limit: PAGE_KEYS, ...(cursor !== undefined && { cursor }) });
    for (const connection of read.connections) connections.push(connection);
    cursor = read.cursor;
    if (cursor === undefined) return { connections };
  }
  return cursor === undefined ? { connections } : { connections, nextPart: cursor };
}

/** How many of `connections` stand where. */
export function countByStatus(
  connections: readonly Connection[],
): Readonly<Record<ConnectionStatus, number>> {
  const counts = { connected: 0, broken: 0, paused: 0, reauthorization_required: 0 };
  for (const { status } of connections) counts[status]++;
  return counts;
}
