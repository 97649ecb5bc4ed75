import { grouped } from "../quantity.ts";
import { atMost, type Row, type Section } from "../section.ts";
import { play, type Played } from "./play.ts";
import { playProcesses } from "./processes.ts";
import { reconnectContender } from "./reconnect.ts";
import { scenarios } from "./scenarios.ts";
import { sdkContender } from "./sdk.ts";

/** What each situation costs in requests, next to HighLevel's own SDK. */
export async function requests(): Promise<Section> {
  const sdk = await sdkContender();
  const rows: Row[] = [];
  for (const windowMs of [30_000, 0]) {
    const window = windowMs > 0 ? "" : "no window: ";
    for (const { what, goal, goalWithoutWindow = goal, ...scenario } of scenarios) {
      const ours = await play(reconnectContender, { what, goal, ...scenario }, windowMs);
      const theirs = await play(sdk, { what, goal, ...scenario }, windowMs);
      rows.push(rowOf(window + what, windowMs > 0 ? goal : goalWithoutWindow, ours, theirs));
    }
    const ours = await playProcesses(reconnectContender, "ours", windowMs);
    const theirs = await playProcesses(sdk, "sdk", windowMs);
    rows.push(rowOf(`${window}8 processes × 125 callers, one Deno KV file, expired`, 1, ours, theirs));
  }
  return {
    name: "requests",
    title: "Requests to HighLevel's token endpoints",
    columns: [
      "",
      "requests",
      "repeated",
      "spent reused",
      "failed",
      "alive",
      "│",
      "SDK requests",
      "repeated",
      "spent reused",
      "failed",
      "alive",
    ],
    rows,
    notes: [
      `SDK: ${sdk.name}, its axios instance pointed at the sandbox by its public getHttpClient(); both over loopback.`,
      "repeated: refreshes sent again within HighLevel's window of 30 s, which it answers alike; spent reused: outside of it.",
      "failed: callers without an answer. no window: the same against a HighLevel without that window.",
      "alive: a fresh process on the same store can call the next day, when those access tokens have ended.",
    ],
  };
}

function rowOf(what: string, goal: number, ours: Played, sdk: Played): Row {
  const [own, theirs] = [cellsOf(ours), cellsOf(sdk)];
  const verdict = atMost(ours.requests, goal, String);
  const isSound = ours.failed === 0 && ours.isAlive;
  return {
    cells: [what, ...own, "│", ...theirs],
    verdict: isSound ? verdict : { ...verdict, met: false, by: "not sound" },
    data: { what, ours, sdk },
  };
}

function cellsOf({ requests, repeated, reused, failed, isAlive }: Played): string[] {
  return [grouped(requests), grouped(repeated), grouped(reused), grouped(failed), isAlive ? "yes" : "no"];
}
