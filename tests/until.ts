/** How long anything may take on the busiest machine, ms: only what hangs is ended. */
const PATIENCE_MS = 600_000;

/** Waits until `isSo`, in real time, for what others do by themselves. What takes long is asked for more rarely: to ask costs both sides. */
export async function until(isSo: () => boolean | Promise<boolean>, what = "it is so"): Promise<void> {
  for (const startedAt = performance.now(); !await isSo();) {
    const waitedMs = performance.now() - startedAt;
    if (waitedMs > PATIENCE_MS) throw new Error(`Waited ${PATIENCE_MS} ms until ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, Math.min(Math.max(2, waitedMs / 10), 250)));
  }
}
