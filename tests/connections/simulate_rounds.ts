import { dueAtOf } from "../../src/connections/policy.ts";
import { spreadOf } from "../../src/connections/connection_key.ts";
import { granted } from "../worker/connection/simulate_refreshes.ts";

const DAY_MS = 86_400_000;
/** What `Connections` refreshes ahead by default, ms. */
const MARGIN_MS = 300_000;
/** When everything was recovered; no moment is 0, so that nothing is taken for missing. */
const BEGAN_AT = 1_000 * DAY_MS;

/** Connections that were all recovered at one moment, and are kept by rounds of `maintain`. */
export interface RoundsWorld {
  /** How many. */
  readonly connections: number;
  /** How long they live on. */
  readonly days: number;
  /** Pause between two rounds, which look as far ahead, ms. */
  readonly everyMs: number;
}

/** What became of them. */
export interface RoundsCourse {
  /** Tokens that were got. */
  readonly refreshes: number;
  /** The most in one round, as a multiple of an even share. */
  readonly highest: number;
  /** The highest of each day, in the same measure. */
  readonly highestByDay: readonly number[];
  /** Tokens that had ended before the next one came. */
  readonly late: number;
}

/** Lives `connections` through `days` of virtual time by the rule that `maintain` asks stores by, {@linkcode dueAtOf}. */
export function simulateRounds({ connections, days, everyMs }: RoundsWorld): RoundsCourse {
  const got = new Uint32Array(Math.floor(days * DAY_MS / everyMs));
  let [refreshes, late] = [0, 0];
  for (let at = 0; at < connections; at++) {
    const locationId = `location${String(at).padStart(12, "0")}`;
    const spread = spreadOf(`6637aef5e4b0f1a2b3c4d5e6/location/${locationId}`);
    for (let round = 0;;) {
      const record = granted({ locationId }, BEGAN_AT + round * everyMs);
      const dueAt = dueAtOf(record, MARGIN_MS, spread) ?? Infinity;
      // A round takes what is due before the next one.
      round = Math.max(round + 1, Math.floor((dueAt - BEGAN_AT) / everyMs));
      if (round >= got.length) break;
      got[round] = (got[round] ?? 0) + 1;
      refreshes++;
      if (BEGAN_AT + round * everyMs > (record.tokens?.expiresAt.getTime() ?? 0)) late++;
    }
  }
  const even = refreshes / got.length;
  const perDay = Math.floor(DAY_MS / everyMs);
  const highestIn = (from: number, to: number): number => Math.max(...got.subarray(from, to)) / even;
  return {
    refreshes,
    highest: highestIn(0, got.length),
    highestByDay: Array.from({ length: days }, (_, day) => highestIn(day * perDay, (day + 1) * perDay)),
    late,
  };
}
