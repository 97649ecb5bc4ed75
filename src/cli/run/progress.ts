import type { Recovery } from "../../connections/recovery.ts";
import type { Output } from "../terminal/output.ts";
import { paint } from "../terminal/paint.ts";
import { isBarWelcome, openBar } from "../terminal/progress_bar.ts";
import type { Words } from "../words/words.ts";
import { sum, type Tally } from "./tally.ts";
import { padded, textWidth } from "../terminal/text_width.ts";
import { nameOf, printable, whyOf } from "../terminal/texts.ts";

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
      if (!output.json) output.print(lineOf(recovery, output.words));
    },
    update: () => {},
    stop: () => {},
  };
}

const OUTCOMES = ["recovered", "paused", "reauthorization_required", "failed"] as const;

/** One connection's result on one line. */
function lineOf(recovery: Recovery, words: Words): string {
  const { target, outcome, by, traceId } = recovery;
  const how = outcome === "recovered" && by ? words.ways[by] : whyOf(recovery, words);
  const trace = traceId ? `  ${words.run.trace(printable(traceId))}` : "";
  const widest = Math.max(...OUTCOMES.map((one) => textWidth(words.states[one])));
  return `${padded(words.states[outcome], widest)}  ${nameOf(target, words)}  ${how}${trace}`;
}

/** cli-progress cuts a line by its length with colour codes, so narrow terminals get none, columns. */
const ROOM_FOR_COLOR = 120;
/** Between counts; where there is no room for all of them, those of nothing are left out. */
const GAP = "   ";
const INDENT = 2;
const TINTS = {
  recovered: "green",
  paused: "yellow",
  reauthorization_required: "yellow",
  failed: "red",
} as const;

function countsOf(tally: Tally, { color, width, words }: Output): string {
  const texts = OUTCOMES.map((outcome) => ({ outcome, text: words.run.bar[outcome](tally[outcome]) }));
  const isNarrow = textWidth(texts.map(({ text }) => text).join(GAP)) + INDENT > width;
  return texts.filter(({ outcome }) => !isNarrow || tally[outcome] > 0).map(({ outcome, text }) =>
    paint(text, TINTS[outcome], color && width >= ROOM_FOR_COLOR && tally[outcome] > 0)
  ).join(GAP);
}
