import { HighLevelError } from "../oauth/highlevel_error.ts";
import type { ConnectionTarget } from "../oauth/target.ts";
import type { Recovery } from "./recovery.ts";

/** This many connections in a row that found HighLevel or the store down end a run. */
const OUTAGES_IN_A_ROW = 20;

/** Recovers many connections by `recover`; see `Connections.recoverAll`. Memory does not grow but for the ids seen. */
export async function* recoverAll(
  recover: (target: ConnectionTarget) => Promise<Recovery>,
  targets: Iterable<ConnectionTarget> | AsyncIterable<ConnectionTarget>,
  options: { readonly concurrency?: number; readonly signal?: AbortSignal },
): AsyncGenerator<Recovery, void, undefined> {
  const { concurrency = 32, signal } = options;
  if (!Number.isInteger(concurrency) || concurrency < 1) throw new TypeError("concurrency must be 1 or more");
  const source = Symbol.asyncIterator in targets
    ? targets[Symbol.asyncIterator]()
    : targets[Symbol.iterator]();
  const seen = { locations: new Set<string>(), companies: new Set<string>() };
  const finished: Recovery[] = [];
  const running = new Set<Promise<void>>();
  let pulling: Promise<void> | undefined;
  let exhausted = false;
  let sourceFailure: { readonly error: unknown } | undefined;
  let wake: () => void = () => {};
  let outages = 0;
  let trouble: HighLevelError | undefined;
  let ended = false;

  const start = (target: ConnectionTarget): void => {
    const run = recoverOne(recover, target).then((recovery) => {
      finished.push(recovery);
      running.delete(run);
      wake();
    });
    running.add(run);
  };
  const pull = async (): Promise<void> => {
    try {
      const next = await source.next();
      if (next.done) exhausted = true;
      else if (!ended && !signal?.aborted && !trouble && isFirst(seen, next.value)) start(next.value);
    } catch (error) {
      sourceFailure = { error };
      exhausted = true;
    }
    pulling = undefined;
    wake();
  };
  const onAbort = (): void => wake();
  signal?.addEventListener("abort", onAbort);

  try {
    for (;;) {
      const closed = exhausted || trouble !== undefined || signal?.aborted === true;
      if (!closed && !pulling && running.size + finished.length < concurrency) pulling = pull();
      const recovery = finished.shift();
      if (recovery) {
        outages = isOutage(recovery) ? outages + 1 : 0;
        trouble ??= systemicTrouble(recovery, outages);
        yield recovery;
        continue;
      }
      if (closed && running.size === 0) break;
      await new Promise<void>((resolve) => wake = resolve);
    }
    if (trouble) throw trouble;
    if (sourceFailure) throw sourceFailure.error;
  } finally {
    ended = true;
    signal?.removeEventListener("abort", onAbort);
    await Promise.all(running);
    if (!exhausted) await close(source, pulling !== undefined);
  }
}

/** Lets the source end its work; one that is still making a target may never come to it, so it is not waited for. */
async function close(source: Iterator<unknown> | AsyncIterator<unknown>, isBusy: boolean): Promise<void> {
  const closing = Promise.resolve(source.return?.());
  if (isBusy) closing.catch(() => {});
  else await closing;
}

async function recoverOne(
  recover: (target: ConnectionTarget) => Promise<Recovery>,
  target: ConnectionTarget,
): Promise<Recovery> {
  try {
    return await recover(target);
  } catch (thrown) {
    // A malformed target is that target's trouble, not the run's.
    const message = thrown instanceof TypeError
      ? thrown.message
      : "The recovery ended with an unexpected error.";
    return { target, outcome: "failed", attempts: [], error: new HighLevelError("invalid_request", message) };
  }
}

function isFirst(
  seen: { readonly locations: Set<string>; readonly companies: Set<string> },
  target: ConnectionTarget,
): boolean {
  const { locationId, companyId } = target ?? {};
  const ids = locationId === undefined ? seen.companies : seen.locations;
  const id = locationId ?? companyId;
  if (id === undefined) return true;
  return !ids.has(id) && Boolean(ids.add(id));
}

function isOutage({ outcome, error }: Recovery): boolean {
  return outcome === "failed" && error?.retryable === true && error.code !== "rate_limited";
}

function systemicTrouble({ error }: Recovery, outages: number): HighLevelError | undefined {
  if (error?.code === "invalid_client") {
    return new HighLevelError(
      "invalid_client",
      `Stopped: the app's credentials are refused. ${error.message}`,
    );
  }
  if (error && outages >= OUTAGES_IN_A_ROW) {
    return new HighLevelError(
      error.code,
      `Stopped after ${outages} failures in a row. The last one: ${error.message}`,
    );
  }
  return undefined;
}
