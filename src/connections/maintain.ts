import { checkWhole } from "../oauth/check.ts";
import { defined } from "../oauth/defined.ts";
import { targetOf } from "./connection_key.ts";
import { checkAmount } from "./options.ts";
import type { Parts } from "./parts.ts";
import { recoverAll } from "./recover_all.ts";
import type { Recovery } from "./recovery.ts";
import type { ConnectionTarget } from "../oauth/target.ts";

/** Options of `Connections.maintain`. */
export interface MaintainOptions {
  /**
   * How far ahead to look, ms: what ends within this time is refreshed now. As long as the pause between two rounds, at least.
   * @default {3_600_000}
   */
  readonly withinMs?: number;
  /**
   * Connections of one round at most; what is left is due in the next one.
   * @default {Infinity}
   */
  readonly limit?: number;
  /**
   * Connections at once.
   * @default {8}
   */
  readonly concurrency?: number;
  /** Ends the round: what is under way ends, and is yielded. */
  readonly signal?: AbortSignal;
}

/** Connections asked of the store at once. */
const PAGE = 100;

/** One round of keeping alive; see `Connections.maintain`. */
export async function* maintain(
  parts: Parts,
  { withinMs = 3_600_000, limit = Infinity, concurrency = 8, signal }: MaintainOptions,
): AsyncGenerator<Recovery, void, undefined> {
  checkAmount("withinMs", withinMs);
  if (limit !== Infinity) checkWhole("limit", limit, Infinity);
  const { source, keyOf, requests: { now, sleep } } = parts;
  const before = now() + withinMs;
  /** Refreshes what ends before the next round; what is broken climbs the ladder as any caller would have it do. */
  const attend = async (target: ConnectionTarget): Promise<Recovery> => {
    return await source.attempt(keyOf(target), { aheadMs: Math.max(0, before - now()) });
  };
  yield* recoverAll(attend, dueTargets(parts, before, limit), defined({ concurrency, signal, sleep }));
}

/** The connections on which work is due before `before`, in the order of the store. */
async function* dueTargets(
  { records, prefix }: Parts,
  before: number,
  limit: number,
): AsyncGenerator<ConnectionTarget, void, undefined> {
  let left = limit;
  let cursor: string | undefined;
  do {
    const page = await records.list(
      defined({ prefix, dueBefore: before, limit: Math.min(PAGE, left), cursor }),
    );
    for (const { key } of page.entries) {
      const target = targetOf(prefix, key);
      if (target) yield target;
    }
    left -= page.entries.length;
    cursor = page.cursor;
  } while (cursor !== undefined && left > 0);
}
