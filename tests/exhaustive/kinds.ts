// The kinds of runs that are looked at, and how what came of them is told.
import assert from "node:assert/strict";
import { Connections } from "../../src/connections/connections.ts";
import { type Bound, explore, type Finding } from "./explore.ts";
import type { RunOptions } from "./run.ts";
import { type Start, STARTS } from "./starts.ts";

/** Starts at which programs alone act, and those at which somebody forgets the connection, authorises, imports or names it. */
export const OF_PROGRAMS: readonly Start[] = STARTS.filter((start) => !isPersons(start));
export const OF_PERSONS: readonly Start[] = STARTS.filter(isPersons);

/** HighLevel's window and Reconnect as they stand, and their opposites. */
export const HIGHLEVELS = [
  { windowMs: 30_000, hasReconnect: false },
  { windowMs: 0, hasReconnect: true },
  { windowMs: 30_000, hasReconnect: true },
  { windowMs: 0, hasReconnect: false },
] as const;

/** What a kind is called. */
export function nameOf({ start, windowMs, hasReconnect, isLagging }: RunOptions): string {
  return `${start.name}${isLagging ? ", over a store that lags" : ""}, window ${windowMs ? "on" : "off"}, ` +
    `${hasReconnect ? "with" : "without"} Reconnect`;
}

/** Runs everything of one start within `bound`, prints how much that was, and fails on the first run that ends badly. */
export async function check(
  start: Start,
  highLevels: readonly Pick<RunOptions, "windowMs" | "hasReconnect">[],
  bound: Bound,
  { isLagging = false }: Pick<RunOptions, "isLagging"> = {},
): Promise<void> {
  for (const highLevel of highLevels) {
    const options = { start, ...highLevel, isLagging, Connections };
    const since = performance.now();
    const { runs, states, findings } = await explore(options, bound);
    const seconds = ((performance.now() - since) / 1000).toFixed(1);
    const { preemptions, faults } = bound;
    console.log(
      `${
        nameOf(options)
      }, ${preemptions} preemptions and ${faults} faults: ${runs} runs, ${states} states, ${seconds} s`,
    );
    for (const finding of findings) assert.fail(`${nameOf(options)}: ${textOf(finding)}`);
  }
}

function isPersons({ calls }: Start): boolean {
  return calls.some((call) => call !== "accessToken" && call !== "recover");
}

/** A run that ended badly, as it can be put into the table of found ones. */
export function textOf({ decisions, violations, trace }: Finding): string {
  return `${violations.join("; ")}\n  decisions: ${JSON.stringify(decisions)}\n  all steps: ${
    trace.join(" | ")
  }\n`;
}
