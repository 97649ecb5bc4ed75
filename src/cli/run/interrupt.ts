import process from "node:process";

/** Ends a run early on Ctrl-C (SIGINT) or SIGTERM. */
export interface Interrupt {
  /** Aborted by the first signal; a second one ends the process at once. */
  readonly signal: AbortSignal;
  /** Leaves signals to their default again. */
  release(): void;
}

/** One press of Ctrl-C may arrive twice (terminal and parent), ms. */
const SAME_PRESS_MS = 300;

/** Listens until `release`; `onFirst` is told once. */
export function listenForInterrupt(onFirst: () => void): Interrupt {
  const controller = new AbortController();
  let firstAt = 0;
  const onSignal = (): void => {
    if (!controller.signal.aborted) {
      firstAt = Date.now();
      controller.abort();
      onFirst();
    } else if (Date.now() - firstAt > SAME_PRESS_MS) {
      process.exit(130);
    }
  };
  process.on("SIGINT", onSignal);
  process.on("SIGTERM", onSignal);
  return {
    signal: controller.signal,
    release() {
      process.off("SIGINT", onSignal);
      process.off("SIGTERM", onSignal);
    },
  };
}
