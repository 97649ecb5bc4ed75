import process from "node:process";
import { MultiBar } from "npm:cli-progress@3.12.0";
import type { Recovery } from "../connections/recovery.ts";
import type { Output } from "./output.ts";
import { paint } from "./paint.ts";
import { sum, type Tally } from "./tally.ts";
import { grouped, nameOf, whyOf } from "./words.ts";

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
export function lineOf(recovery: Recovery): string {
  const { target, outcome, by, traceId } = recovery;
  const how = outcome === "recovered" ? `by ${by}` : whyOf(recovery);
  const trace = traceId ? `  trace ${traceId}` : "";
  return `${outcome.padEnd(WIDEST)}  ${nameOf(target)}  ${how}${trace}`;
}

const WIDEST = "reauthorization_required".length;

function bar(output: Output, title: string): Progress {
  const startedAt = Date.now();
  const size = Math.max(10, Math.min(40, output.width - title.length - 44));
  const withTotal = `${title} {bar} {percentage}%  {done}/{all}  {rate}/s  {eta}`;
  const bars = new MultiBar({
    format: withTotal,
    barCompleteChar: "█",
    barIncompleteChar: "░",
    barsize: size,
    hideCursor: true,
    fps: 10,
    gracefulExit: false,
    autopadding: true,
    emptyOnZero: true,
    stream: process.stderr,
  });
  const empty = { done: "0", all: "…", rate: "0", eta: "", counts: "" };
  const first = bars.create(0, 0, empty, { format: `${title} {done}` });
  const second = bars.create(0, 0, empty, { format: "  {counts}" });
  output.route((line) => bars.log(line));
  return {
    ended: () => {},
    update(tally, total) {
      const done = sum(tally);
      const perSecond = done / Math.max(0.001, (Date.now() - startedAt) / 1000);
      const payload = {
        done: grouped(done),
        all: total === undefined ? "?" : grouped(total),
        rate: perSecond >= 10 ? perSecond.toFixed(0) : perSecond.toFixed(1),
        eta: total === undefined || done === 0 || done >= total
          ? ""
          : `ETA ${lasting((total - done) / perSecond)}`,
        counts: countsOf(tally, output),
      };
      first.setTotal(total ?? 0);
      first.update(done, payload);
      second.update(done, payload);
    },
    stop() {
      bars.stop();
      output.route();
    },
  };
}

function countsOf(tally: Tally, { color }: Output): string {
  return [
    paint(`${grouped(tally.recovered)} recovered`, "green", color),
    paint(`${grouped(tally.paused)} paused`, tally.paused > 0 ? "yellow" : "dim", color),
    paint(
      `${grouped(tally.reauthorization_required)} need a person`,
      tally.reauthorization_required > 0 ? "yellow" : "dim",
      color,
    ),
    paint(`${grouped(tally.failed)} failed`, tally.failed > 0 ? "red" : "dim", color),
  ].join("   ");
}

/** `8s`, `2m 05s`, `1h 04m`. */
export function lasting(seconds: number): string {
  const whole = Math.max(1, Math.round(seconds));
  if (whole < 60) return `${whole}s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes}m ${String(whole % 60).padStart(2, "0")}s`;
  return `${Math.floor(minutes / 60)}h ${String(minutes % 60).padStart(2, "0")}m`;
}
