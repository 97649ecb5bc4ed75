import type { Recovery } from "../../connections/recovery.ts";
import { HighLevelError } from "../../oauth/highlevel_error.ts";
import type { Backend, RecoverOptions, Selection, Wanted } from "../backend/backend.ts";
import { listenForInterrupt } from "./interrupt.ts";
import type { Journal } from "./journal.ts";
import type { Output } from "../terminal/output.ts";
import { type Progress, showProgress } from "./progress.ts";
import type { Report } from "./report.ts";
import { count, emptyTally, sum, type Tally } from "./tally.ts";
import { TroubleTable } from "./trouble_table.ts";
import { errorText, keyOf } from "../terminal/texts.ts";
import { UsageError } from "../usage_error.ts";
import { WORDS } from "../words/words.ts";

/** What a run works on and where it tells of it. */
export interface RunOptions {
  /** Who recovers. */
  readonly backend: Backend;
  /** Where to show it. */
  readonly output: Output;
  /** At most so many at once. */
  readonly concurrency: number;
  /** How many there are, where that is known. */
  readonly total?: number | undefined;
  /** What is said where there was nothing to do, instead of counts. */
  readonly nothing?: string | undefined;
  /** What an earlier part of this run recovered. */
  readonly journal?: Journal | undefined;
  /** Where each result goes too. */
  readonly report?: Report | undefined;
}

/** How a run ended. */
export interface RunResult {
  /** Whether a signal ended it early. */
  readonly isInterrupted: boolean;
  /** Whether every connection asked for lives. */
  readonly isComplete: boolean;
  /** How many came to an end. */
  readonly ended: number;
  /** And how. */
  readonly tally: Readonly<Tally>;
}

/** What to recover: connections by name, and jobs whose connections the worker finds itself. */
export interface Work {
  /** Connections by name; none where `round` finds them. */
  readonly wanted?: AsyncIterable<Wanted>;
  /** Recovers what it finds by itself. */
  readonly round?: (options: RecoverOptions) => AsyncGenerator<Recovery, void, undefined>;
  /** Jobs of the worker. */
  readonly jobs?: readonly Selection[];
  /** Whether finding them asks HighLevel: then those that are left when a run is stopped are not counted. */
  readonly isCostly?: boolean;
  /** Told results that come from elsewhere, such as an agency that could not be asked. */
  readonly extra?: readonly Recovery[];
}

/** Recovers, shows how it goes, and says at the end what was not recovered. */
export async function runRecoveries(work: Work, options: RunOptions): Promise<RunResult> {
  const { backend, output, concurrency, total, journal, report } = options;
  const { words } = output;
  const startedAt = Date.now();
  const tally = emptyTally();
  const troubles = new TroubleTable();
  const progress = showProgress(output, words.run.recovering);
  const interrupt = listenForInterrupt(() => output.note(words.run.stopping));
  const source = countingSource(work.wanted ?? none());
  const { round = (options) => backend.recoverAll(source.wanted, options) } = work;
  /** What cannot be written down ends the run; what is in flight is finished, and counted. */
  const full = new AbortController();
  let unwritten: UsageError | undefined;
  const attempt = (write: () => void): void => {
    try {
      write();
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      unwritten ??= error;
      full.abort();
    }
  };
  const noteDown = (recovery: Recovery): void => {
    attempt(() => report?.add(recovery));
    if (recovery.outcome === "recovered") attempt(() => journal?.add(recovery.target));
  };
  const take = (recovery: Recovery): void => {
    count(tally, recovery);
    troubles.add(recovery);
    noteDown(recovery);
    output.emit({ type: "recovery", ...recovery });
    progress.ended(recovery);
    progress.update(tally, total);
  };

  let stoppedBy: HighLevelError | undefined;
  try {
    progress.update(tally, total);
    const signal = AbortSignal.any([interrupt.signal, full.signal]);
    for await (const recovery of round({ concurrency, signal })) take(recovery);
    for (const recovery of work.extra ?? []) take(recovery);
    for (const job of work.jobs ?? []) {
      await followJob(job, { backend, tally, troubles, noteDown, output, progress, signal });
    }
  } catch (error) {
    if (!(error instanceof HighLevelError)) throw error;
    stoppedBy = error;
  } finally {
    progress.stop();
    interrupt.release();
  }

  const ended = sum(tally);
  const isInterrupted = interrupt.signal.aborted;
  if (unwritten) stoppedBy ??= new HighLevelError("store_failed", unwritten.say(WORDS.en));
  const isStopped = isInterrupted || stoppedBy !== undefined;
  // What is left of a worker's job the worker goes on with, and tells itself.
  const isFollowing = (work.jobs ?? []).length > 0;
  const canCount = !isFollowing && !isInterrupted && !work.isCostly && !work.round;
  const given = !isStopped
    ? ended
    : isFollowing
    ? undefined
    : total ?? (canCount ? await source.size() : undefined);
  const notTried = given === undefined ? undefined : Math.max(0, given - ended);
  const isComplete = !isStopped && tally.recovered === ended;
  const seconds = (Date.now() - startedAt) / 1000;
  troubles.print(output, { isLinkShared: !backend.hasOwnLinks });
  if (stoppedBy) output.note(`\n${unwritten?.say(words) ?? errorText(stoppedBy, words)}`);
  const counts = { ...tally, ...notTried !== undefined && { notTried } };
  const isNothing = ended === 0 && !isStopped && options.nothing !== undefined;
  output.print(
    isNothing
      ? `${options.nothing}`
      : words.run.summary(ended + (notTried ?? 0), words.tally(counts), seconds) +
        (isInterrupted ? words.run.interrupted : "") +
        (notTried === undefined && !isFollowing ? words.run.restUncounted : ""),
  );
  if (troubles.lacksLink && !backend.hasOwnLinks && backend.authorizationUrl === undefined) {
    output.note(words.run.noLink);
  }
  output.emit({
    type: "summary",
    total: ended + (notTried ?? 0),
    ...counts,
    seconds,
    interrupted: isInterrupted,
    ...(stoppedBy && { error: stoppedBy }),
  });
  return { isInterrupted, isComplete, ended, tally };
}

async function* none(): AsyncGenerator<never, void, undefined> {}

/** `wanted`, and how many different ones it has: also after whoever took from it has stopped. */
function countingSource(wanted: AsyncIterable<Wanted>): {
  readonly wanted: AsyncIterable<Wanted>;
  readonly size: () => Promise<number>;
} {
  const from = wanted[Symbol.asyncIterator]();
  const seen = new Set<string>();
  async function* counted(): AsyncGenerator<Wanted, void, undefined> {
    for (let next = await from.next(); !next.done; next = await from.next()) {
      seen.add(keyOf(next.value.target));
      yield next.value;
    }
  }
  return {
    wanted: counted(),
    size: async () => {
      for await (const _ of counted());
      return seen.size;
    },
  };
}

/** Follows one job: its counts are added to those of the run. */
async function followJob(
  selection: Selection,
  { backend, tally, troubles, noteDown, output, progress, signal }: {
    readonly backend: Backend;
    readonly tally: Tally;
    readonly troubles: TroubleTable;
    readonly noteDown: (recovery: Recovery) => void;
    readonly output: Output;
    readonly progress: Progress;
    readonly signal: AbortSignal;
  },
): Promise<void> {
  const { run } = output.words;
  if (!backend.runJob || signal.aborted) return;
  const before = { ...tally };
  const problem = await backend.runJob(selection, {
    signal,
    onStarted({ id, page }) {
      output.note(run.job(page));
      output.emit({ type: "job", id, page });
    },
    onProgress(job) {
      tally.recovered = before.recovered + job.recovered;
      tally.paused = before.paused + job.paused;
      tally.reauthorization_required = before.reauthorization_required + job.reauthorization_required;
      tally.failed = before.failed + job.failed;
      output.emit({ type: "progress", ...job });
      progress.update(tally, sum(before) + job.total);
    },
    onUnrecovered(recovery) {
      troubles.add(recovery);
      noteDown(recovery);
      output.emit({ type: "recovery", ...recovery });
      progress.ended(recovery);
    },
  });
  if (signal.aborted) output.note(run.jobGoesOn);
  if (problem !== undefined) {
    throw new HighLevelError("unavailable", run.jobIncomplete(problem));
  }
}
