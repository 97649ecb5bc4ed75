import { check, checkWhole, given } from "../oauth/check.ts";
import { HighLevelError } from "../oauth/highlevel_error.ts";
import { LONGEST_WAIT_MS, sleep as defaultSleep } from "../oauth/request/retry.ts";
import { type Brake, type RunTrouble, slowed, troubled } from "./brake.ts";
import type { ConnectionTarget } from "../oauth/target.ts";
import type { Recovery } from "./recovery.ts";

/** Recovers many connections by `recover`; see `Connections.recoverAll`. Memory does not grow but for the ids seen. */
export async function* recoverAll(
  recover: (target: ConnectionTarget) => Promise<Recovery>,
  targets: Iterable<ConnectionTarget> | AsyncIterable<ConnectionTarget>,
  options: {
    readonly concurrency?: number;
    readonly signal?: AbortSignal;
    readonly sleep?: (ms: number, signal?: AbortSignal) => Promise<void>;
  },
): AsyncGenerator<Recovery, void, undefined> {
  const { concurrency = 32, signal, sleep = defaultSleep } = options;
  checkWhole("concurrency", concurrency, Infinity);
  const list: Partial<Iterable<ConnectionTarget> & AsyncIterable<ConnectionTarget>> = given(targets);
  const source = list[Symbol.asyncIterator]?.() ?? list[Symbol.iterator]?.();
  check(source !== undefined, "targets must be iterable");
  const seen = new Set<unknown>();
  const finished: Recovery[] = [];
  let running = 0;
  let isPulling = false;
  let isExhausted = false;
  let failure: { readonly error: unknown } | undefined;
  let trouble: RunTrouble = { inARow: 0, isAccepted: false };
  let stopped: HighLevelError | undefined;
  let isOver = false;
  let isBraking = false;
  let brake: Brake = { limit: concurrency, lately: [] };
  let wake = (): void => {};
  const change = (): Promise<void> => new Promise((resolve) => wake = resolve);
  const isClosed = (): boolean => isOver || isExhausted || stopped !== undefined || signal?.aborted === true;

  const start = async (target: ConnectionTarget): Promise<void> => {
    running++;
    const recovery = await recover(target).catch((thrown): Recovery => {
      // A malformed target is that target's trouble, not the run's.
      const message = thrown instanceof TypeError ? thrown.message : "The recovery ended unexpectedly.";
      return {
        target,
        outcome: "failed",
        attempts: [],
        error: new HighLevelError("invalid_request", message),
      };
    });
    finished.push(recovery);
    running--;
    wake();
  };
  const pull = async (): Promise<void> => {
    isPulling = true;
    try {
      const { done, value } = await source.next();
      const { locationId, companyId }: { locationId?: unknown; companyId?: unknown } = value ?? {};
      // One that has no id, or two, is no target: it is told as such each time.
      const id = companyId === undefined ? locationId ?? {} : locationId === undefined ? `/${companyId}` : {};
      if (done) isExhausted = true;
      else if (!isClosed() && !seen.has(id)) {
        seen.add(id);
        start(value);
      }
    } catch (error) {
      failure = { error };
      isExhausted = true;
    }
    isPulling = false;
    wake();
  };
  const onAbort = (): void => wake();
  signal?.addEventListener("abort", onAbort);

  try {
    for (;;) {
      if (!isClosed() && !isPulling && !isBraking && running + finished.length < Math.floor(brake.limit)) {
        pull();
      }
      const recovery = finished.shift();
      if (recovery) {
        const { error } = recovery;
        const slow = slowed(brake, recovery, concurrency);
        brake = slow.brake;
        const pauseMs = Math.min(slow.pauseMs, LONGEST_WAIT_MS);
        if (pauseMs > 0 && !isBraking) {
          isBraking = true;
          sleep(pauseMs, signal).catch(() => {}).finally(() => {
            isBraking = false;
            wake();
          });
        }
        const after = troubled(trouble, recovery);
        trouble = after.trouble;
        if (error && after.stop) {
          const isAtOnce = after.stop === "refused" && !trouble.isAccepted;
          const when = isAtOnce ? "at once" : `after ${trouble.inARow} failures in a row`;
          stopped ??= new HighLevelError(error.code, `Stopped ${when}. ${error.message}`);
        }
        yield recovery;
      } else if (isClosed() && !running) break;
      else await change();
    }
    if (stopped) throw stopped;
    if (failure) throw failure.error;
  } finally {
    isOver = true;
    signal?.removeEventListener("abort", onAbort);
    while (running) await change();
    if (!isExhausted) {
      // Lets the source end its work; one that is still making a target may never come to it, so it is not waited for.
      const closing = Promise.resolve().then(() => source.return?.()).catch(() => {});
      if (!isPulling) await closing;
    }
  }
}
