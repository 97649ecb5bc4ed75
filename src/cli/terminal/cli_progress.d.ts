/** What this program uses of cli-progress, which brings no types of its own. */

/** How a bar is drawn. */
export interface BarOptions {
  readonly format?: (
    options: BarOptions,
    params: { readonly progress: number; readonly total: number },
  ) => string;
  readonly barCompleteChar?: string;
  readonly barIncompleteChar?: string;
  readonly barsize?: number;
  readonly hideCursor?: boolean;
  readonly fps?: number;
  readonly gracefulExit?: boolean;
  readonly emptyOnZero?: boolean;
  readonly stream?: unknown;
}

/** One line that is drawn again and again. */
export interface Bar {
  setTotal(total: number): void;
  update(value: number): void;
}

/** Several lines together. */
export class MultiBar {
  constructor(options: BarOptions);
  create(total: number, startValue: number, payload: object, options: BarOptions): Bar;
  /** Writes text above the bars; it must end with a line feed. */
  log(text: string): void;
  /** Draws now. */
  update(): void;
  stop(): void;
}

/** Ready-made parts of a line. */
export const Format: { BarFormat(progress: number, options: BarOptions): string };
