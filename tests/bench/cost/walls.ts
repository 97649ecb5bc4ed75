import { ASSUMED, MEASURED } from "./metered.ts";
import { monthlyUse, refreshesADay, type Usage } from "./monthly_use.ts";
import { FREE_A_DAY, OBJECT_BYTES, OBJECT_CALLS_A_SECOND } from "./prices.ts";

const DAYS = 30;
const DAY_MS = 24 * 3_600_000;

/** Something that ends. */
export interface Wall {
  /** What. */
  readonly what: string;
  /** With so many connections. */
  readonly endsAt: number;
}

/** What ends on the free plan, the first wall first. */
export function freeWalls(usage: Omit<Usage, "connections">): Wall[] {
  const each = monthlyUse({ ...usage, connections: 1_000 });
  const walls: (readonly [what: string, used: number, most: number])[] = [
    ["writes of KV", each.kvWrites, FREE_A_DAY.kvWrites],
    ["reads of KV", each.kvReads, FREE_A_DAY.kvReads],
    ["requests", each.requests, FREE_A_DAY.requests],
    ["rows written", each.rowsWritten, FREE_A_DAY.rowsWritten],
    ["requests of objects", each.objectRequests, FREE_A_DAY.objectRequests],
    ["objects' time", each.objectGbSeconds, FREE_A_DAY.objectGbSeconds],
  ];
  return inOrder(
    walls.map(([what, used, most]) => ({ what, endsAt: Math.floor(most / (used / 1_000 / DAYS)) })),
  );
}

/** What ends on Workers Paid, where nothing is counted by the day, the first wall first. */
export function paidWalls(): Wall[] {
  const { directoryRowBytes, sweepPageMs, sweepPageKeys, worstAfterOutage } = MEASURED;
  const callsASecond = worstAfterOutage * refreshesADay() / (DAY_MS / 1_000);
  return inOrder([
    { what: "10 GB of the directory's object", endsAt: Math.floor(OBJECT_BYTES / directoryRowBytes) },
    {
      what: "1,000 calls a second of the directory, after an outage",
      endsAt: Math.floor(OBJECT_CALLS_A_SECOND / callsASecond),
    },
    {
      what: "a day for the daily sweep",
      endsAt: Math.floor(DAY_MS / (sweepPageMs + ASSUMED.kvListMs)) * sweepPageKeys,
    },
  ]);
}

function inOrder(walls: readonly Wall[]): Wall[] {
  return walls.toSorted((one, other) => one.endsAt - other.endsAt);
}
