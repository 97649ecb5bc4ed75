import process from "node:process";
// @ts-types="./cli_progress.d.ts"
import { Format, MultiBar } from "npm:cli-progress@3.12.0";
import type { Recovery } from "../connections/recovery.ts";
import type { Output } from "./output.ts";
import { paint } from "./paint.ts";
import { sum, type Tally } from "./tally.ts";
import { grouped, nameOf, printable, whyOf } from "./words.ts";

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
  if (output.isTerminal && !(output.json && Deno.stdout.isTerminal())) return bar(output, title);
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

function bar(output: Output, title: string): Progress {
  const startedAt = Date.now();
  const size = Math.max(10, Math.min(40, output.width - title.length - 44));
  const bars = new MultiBar({
    barCompleteChar: "█",
    barIncompleteChar: "░",
    barsize: size,
    hideCursor: true,
    fps: 10,
    gracefulExit: false,
    emptyOnZero: true,
    stream: process.stderr,
  });
  let shown = { line: title, counts: "" };
  const first = bars.create(0, 0, {}, {
    format: (options, { progress, total }) => {
      const percent = `${Math.floor(progress * 100)}%`.padStart(4);
      return total > 0
        ? `${title} ${Format.BarFormat(progress, options)} ${percent}  ${shown.line}`
        : `${title} ${shown.line}`;
    },
  });
  const second = bars.create(0, 0, {}, { format: () => `  ${shown.counts}` });
  output.route((line) => {
    bars.log(line);
    bars.update(); // a remark that waits for the next redraw is lost when the bar stops before it
  });
  return {
    ended: () => {},
    update(tally, total) {
      const done = sum(tally);
      const perSecond = done / Math.max(0.001, (Date.now() - startedAt) / 1000);
      const rate = `${perSecond >= 10 ? perSecond.toFixed(0) : perSecond.toFixed(1)}/s`;
      const isOver = total === undefined || done === 0 || done >= total;
      const eta = isOver ? "" : `  ETA ${lasting((total - done) / perSecond)}`;
      const of = total === undefined ? "" : ` of ${grouped(total)}`;
      shown = { line: `${grouped(done)}${of}  ${rate}${eta}`, counts: countsOf(tally, output) };
      first.setTotal(total ?? 0);
      first.update(done);
      second.update(done);
    },
    stop() {
      bars.stop();
      output.route();
    },
  };
}

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

/** `8s`, `2m 05s`, `1h 04m`. */
function lasting(seconds: number): string {
  const whole = Math.max(1, Math.round(seconds));
  if (whole < 60) return `${whole}s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes}m ${String(whole % 60).padStart(2, "0")}s`;
  return `${Math.floor(minutes / 60)}h ${String(minutes % 60).padStart(2, "0")}m`;
}
