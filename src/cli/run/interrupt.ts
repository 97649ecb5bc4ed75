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

/** What ends a run; Windows has no SIGTERM. */
const SIGNALS = process.platform === "win32" ? ["SIGINT"] as const : ["SIGINT", "SIGTERM"] as const;

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
  for (const signal of SIGNALS) process.on(signal, onSignal);
  return {
    signal: controller.signal,
    release() {
      for (const signal of SIGNALS) process.off(signal, onSignal);
    },
  };
}
