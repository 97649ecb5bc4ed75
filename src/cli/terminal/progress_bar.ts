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

const CLEAR_LINE = "\x1b[K";
/** Columns of a bar: it keeps its size while counts grow, as long as what usually stands beside it has room. */
const [NARROWEST, WIDEST, USUALLY_BESIDE] = [10, 40, 44];
/** ` `, ` 100%  `, and the last column, behind which some terminals begin a line. */
const BETWEEN = 9;

/** Columns of the bar between `title` and `line` on a terminal of `width` columns: nothing of them is cut. */
export function barSize(width: number, title: string, line: string): number {
  const left = width - textWidth(title);
  const usual = Math.max(NARROWEST, Math.min(WIDEST, left - USUALLY_BESIDE));
  return Math.max(0, Math.min(usual, left - BETWEEN - textWidth(line)));
}

/** Two lines of a terminal that show what `shown` holds. */
function draw(output: Output, title: string, shown: { readonly line: string; readonly counts: string }) {
  const bars = new MultiBar({
    barCompleteChar: "█",
    barIncompleteChar: "░",
    barsize: WIDEST,
    hideCursor: true,
    fps: 10,
    gracefulExit: false,
    emptyOnZero: true,
    stream: process.stderr,
  });
  const first = bars.create(0, 0, {}, {
    format: (options, { progress, total }) => {
      const percent = `${Math.floor(progress * 100)}%`.padStart(4);
      if (total === 0) return `${title} ${shown.line}`;
      const barsize = barSize(output.width, title, shown.line);
      return `${title} ${Format.BarFormat(progress, { ...options, barsize })} ${percent}  ${shown.line}`;
    },
  });
  const second = bars.create(0, 0, {}, { format: () => `  ${shown.counts}` });
  output.route((line) => {
    bars.log(line.replace(/^/gm, CLEAR_LINE)); // it goes over the lines of the bar, and clears the first one only
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
