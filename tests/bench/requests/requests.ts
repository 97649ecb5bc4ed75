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
  for (const scenario of scenarios) {
    const ours = await play(reconnectContender, scenario);
    rows.push(rowOf(scenario.what, scenario.goal, ours, await play(sdk, scenario)));
  }
  const ours = await playProcesses(reconnectContender, "ours");
  const theirs = await playProcesses(sdk, "sdk");
  rows.push(rowOf("8 processes × 125 callers, one Deno KV file, expired", 1, ours, theirs));
  return {
    name: "requests",
    title: "Requests to HighLevel's token endpoints",
    columns: [
      "",
      "requests",
      "spent reused",
      "failed",
      "alive",
      "│",
      "SDK requests",
      "spent reused",
      "failed",
      "alive",
    ],
    rows,
    notes: [
      `SDK: ${sdk.name}, its axios instance pointed at the sandbox by its public getHttpClient(); both over loopback.`,
      "spent reused: refreshes with a token that had been spent. failed: callers without an answer.",
      "alive: a fresh process on the same store can call the next day, when those access tokens have ended.",
    ],
  };
}

function rowOf(what: string, goal: number, ours: Played, sdk: Played): Row {
  const [own, theirs] = [cellsOf(ours), cellsOf(sdk)];
  const verdict = atMost(ours.requests, goal, String);
  const isSound = ours.reused === 0 && ours.failed === 0 && ours.isAlive;
  return {
    cells: [what, ...own, "│", ...theirs],
    verdict: isSound ? verdict : { ...verdict, met: false, by: "not sound" },
    data: { what, ours, sdk },
  };
}

function cellsOf({ requests, reused, failed, isAlive }: Played): string[] {
  return [grouped(requests), grouped(reused), grouped(failed), isAlive ? "yes" : "no"];
}
