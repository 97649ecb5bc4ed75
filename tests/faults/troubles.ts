import type { Fault } from "../../src/sandbox/mod.ts";
import { DAY } from "../connections/world.ts";
import type { Cell } from "./cell.ts";
import type { StoreTrouble } from "./troubled_store.ts";

/** One row of the matrix. */
export interface Trouble {
  readonly name: string;
  /** Begins it, for `times` requests or calls; where HighLevel is in trouble, for requests to `on`. */
  readonly begin: (cell: Cell, on: Fault["on"], times: number) => Promise<void>;
  /** Longest wait for one attempt, ms. */
  readonly timeoutMs: number;
  /** Whether HighLevel may have carried out what it gave no usable answer to. */
  readonly losesAnswers: boolean;
  /** Whether HighLevel may mean it: an answer that refuses in words nobody knows. */
  readonly refuses: boolean;
  /** Whether HighLevel's pauses take real time. */
  readonly isSlow: boolean;
}

/** What trouble that HighLevel has no part in does not do. */
const HARMLESS = { losesAnswers: false, refuses: false, timeoutMs: 15_000, isSlow: false };

/** Every trouble but death, which has a test of its own. */
export const TROUBLES: readonly Trouble[] = [
  ofHighLevel("connection refused", { kind: "refuse" }),
  ofHighLevel("reset before the work", { kind: "reset_before" }),
  ofHighLevel("reset after the work", { kind: "reset_after" }, "loses answers"),
  ofHighLevel("no answer, no work", { kind: "hang" }, "waits"),
  ofHighLevel("no answer, work done", { kind: "hang_after" }, "waits", "loses answers"),
  ofHighLevel("slow drip, in time", { kind: "slow_drip", ms: 1 }),
  ofHighLevel("slow drip, too slow", { kind: "slow_drip", ms: 15 }, "waits", "loses answers"),
  ofHighLevel("body cut", { kind: "cut_body" }, "loses answers"),
  ofHighLevel("body breaks off", { kind: "stream_error" }, "loses answers"),
  ofHighLevel("body empty", { kind: "empty" }, "loses answers"),
  ofHighLevel("HTML 502, no work", { kind: "html_502" }),
  ofHighLevel("HTML 502, work done", { kind: "html_502_after" }, "loses answers"),
  ofHighLevel("500, no work", { kind: "status", status: 500 }),
  ofHighLevel("500, work done", { kind: "status_after", status: 500 }, "loses answers"),
  ofHighLevel("503 with Retry-After", { kind: "status", status: 503, headers: { "retry-after": "2" } }),
  ofHighLevel("HTML 200", { kind: "status_after", status: 200, body: "<html>ok</html>" }, "loses answers"),
  ofHighLevel("429 with Retry-After", { kind: "status", status: 429, headers: { "retry-after": "2" } }),
  ofHighLevel("429 without Retry-After", { kind: "status", status: 429 }),
  ofHighLevel("429 for an hour", { kind: "status", status: 429, headers: { "retry-after": "3600" } }),
  ofHighLevel(
    "400, unknown text",
    { kind: "status", status: 400, body: { message: "Something else" } },
    "refuses",
  ),
  ofHighLevel(
    "401, unknown text",
    { kind: "status", status: 401, body: { message: "Something else" } },
    "refuses",
  ),
  ofHighLevel("403, HTML", { kind: "status", status: 403, body: "<html>Forbidden</html>" }),
  ofHighLevel("408", { kind: "status", status: 408 }),
  ofHighLevel("secrets echoed", { kind: "echo_secrets" }, "refuses"),
  ofHighLevel("wrong JSON types", { kind: "wrong_types" }, "loses answers", "refuses"),
  ofHighLevel("huge body", { kind: "huge" }, "loses answers"),
  ofHighLevel("duplicate fields", { kind: "duplicate_fields" }),
  ofHighLevel("redirect", { kind: "redirect" }),
  ofClock("clock a day ahead", DAY),
  ofClock("clock a day behind", -DAY),
  ofStore("store get fails", { kind: "fails", method: "get" }),
  ofStore("store put fails", { kind: "fails", method: "put" }),
  ofStore("store put done, then fails", { kind: "put_acknowledged_never" }),
  ofStore("store delete fails", { kind: "fails", method: "delete" }),
  ofStore("store list fails", { kind: "fails", method: "list" }),
  ofStore("store fails altogether", { kind: "fails", method: "any" }),
  ofStore("store stale", { kind: "stale" }),
  ofStore("store full", { kind: "full" }),
];

function ofHighLevel(
  name: string,
  fault: Omit<Fault, "on" | "times">,
  ...traits: readonly ("loses answers" | "waits" | "refuses")[]
): Trouble {
  const waits = traits.includes("waits");
  return {
    name,
    losesAnswers: traits.includes("loses answers"),
    refuses: traits.includes("refuses"),
    timeoutMs: waits ? 25 : 15_000,
    isSlow: waits,
    begin: (cell, on, times) => {
      cell.faults.push(cell.w.sandbox.fault({ on, ...fault, times }));
      return Promise.resolve();
    },
  };
}

function ofClock(name: string, skewMs: number): Trouble {
  return {
    name,
    ...HARMLESS,
    begin: ({ clock }) => {
      clock.skewMs = skewMs;
      return Promise.resolve();
    },
  };
}

function ofStore(name: string, trouble: StoreTrouble): Trouble {
  return {
    name,
    ...HARMLESS,
    begin: ({ store }, _, times) => store.begin(trouble, times),
  };
}

/** Ends whatever is wrong; tells how often it was met. A clock that was off was met. */
export function endTrouble({ w, store, clock, faults }: Cell): number {
  const hits = faults.reduce((sum, fault) => sum + fault.hits, store.hits) + (clock.skewMs === 0 ? 0 : 1);
  w.sandbox.clearFaults();
  store.end();
  clock.skewMs = 0;
  return hits;
}
