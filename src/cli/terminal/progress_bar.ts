import process from "node:process";
// @ts-types="./cli_progress.d.ts"
import { Format, MultiBar } from "npm:cli-progress@3.12.0";
import type { Output } from "./output.ts";
import { textWidth } from "./text_width.ts";

/** A bar over its counts, on a terminal. */
export interface ProgressBar {
  /** Shows that `done` are done, of `total` where that is known, and `counts` in words. */
  update(done: number, total: number | undefined, counts: string): void;
  /** Leaves the last state on the screen. */
  stop(): void;
}

/** Whether a bar is welcome: a person looks, and its lines do not mix with data. */
export function isBarWelcome({ isTerminal, json }: Output): boolean {
  return isTerminal && !(json && process.stdout.isTTY);
}

/** Draws a bar with rate and time left, as soon as there is something to do; remarks go above it. */
export function openBar(output: Output, title: string): ProgressBar {
  const { number, run } = output.words;
  const startedAt = Date.now();
  const shown = { line: "", counts: "" };
  let drawn: ReturnType<typeof draw> | undefined;
  return {
    update(done, total, counts) {
      if (done === 0 && !total) return;
      const perSecond = done / Math.max(0.001, (Date.now() - startedAt) / 1000);
      const rate = `${perSecond >= 10 ? perSecond.toFixed(0) : perSecond.toFixed(1)}/s`;
      const isOver = total === undefined || done === 0 || done >= total;
      const eta = isOver ? "" : `  ${run.left(lasting((total - done) / perSecond))}`;
      const ended = total === undefined ? number(done) : run.of(number(done), number(total));
      Object.assign(shown, { line: `${ended}  ${rate}${eta}`, counts });
      drawn ??= draw(output, title, shown);
      drawn.first.setTotal(total ?? 0);
      drawn.first.update(done);
      drawn.second.update(done);
    },
    stop() {
      drawn?.bars.stop();
      output.route();
    },
  };
}

/** Two lines of a terminal that show what `shown` holds. */
function draw(output: Output, title: string, shown: { readonly line: string; readonly counts: string }) {
  const size = Math.max(10, Math.min(40, output.width - textWidth(title) - 44));
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
  return { bars, first, second };
}

/** `8s`, `2m 05s`, `1h 04m`. */
function lasting(seconds: number): string {
  const whole = Math.max(1, Math.round(seconds));
  if (whole < 60) return `${whole}s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes}m ${String(whole % 60).padStart(2, "0")}s`;
  return `${Math.floor(minutes / 60)}h ${String(minutes % 60).padStart(2, "0")}m`;
}
