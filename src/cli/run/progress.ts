import type { Recovery } from "../../connections/recovery.ts";
import type { Output } from "../terminal/output.ts";
import { paint } from "../terminal/paint.ts";
import { isBarWelcome, openBar } from "../terminal/progress_bar.ts";
import { sum, type Tally } from "./tally.ts";
import { grouped, nameOf, printable, whyOf } from "../terminal/words.ts";

/** Shows how a recovery goes on. */
export interface Progress {
  /** Shows that `recovery` is there. */
  ended(recovery: Recovery): void;
  /** Shows the counts; `total` where it is known. */
  update(tally: Tally, total: number | undefined): void;
  /** Leaves the last state on the screen. */
  stop(): void;
}

/** A bar on a terminal, one line per connection elsewhere, nothing but NDJSON with `json`. */
export function showProgress(output: Output, title: string): Progress {
  if (isBarWelcome(output)) {
    const { update, stop } = openBar(output, title);
    return {
      ended: () => {},
      update: (tally, total) => update(sum(tally), total, countsOf(tally, output)),
      stop,
    };
  }
  return {
    ended: (recovery) => {
      if (!output.json) output.print(lineOf(recovery));
    },
    update: () => {},
    stop: () => {},
  };
}

/** One connection's result on one line. */
function lineOf(recovery: Recovery): string {
  const { target, outcome, by, traceId } = recovery;
  const how = outcome === "recovered" ? `by ${by}` : whyOf(recovery);
  const trace = traceId ? `  trace ${printable(traceId)}` : "";
  return `${outcome.padEnd(WIDEST)}  ${nameOf(target)}  ${how}${trace}`;
}

const WIDEST = "reauthorization_required".length;

/** cli-progress cuts a line by its length with colour codes, so narrow terminals get none, columns. */
const ROOM_FOR_COLOR = 120;

function countsOf(tally: Tally, { color, width }: Output): string {
  const part = (count: number, words: string, tint: "green" | "yellow" | "red"): string =>
    paint(`${grouped(count)} ${words}`, tint, color && width >= ROOM_FOR_COLOR && count > 0);
  return [
    part(tally.recovered, "recovered", "green"),
    part(tally.paused, "paused", "yellow"),
    part(tally.reauthorization_required, "need a person", "yellow"),
    part(tally.failed, "failed", "red"),
  ].join("   ");
}
