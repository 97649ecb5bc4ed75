import { localBackend } from "../backend/local_backend.ts";
import { openLocal } from "../backend/open_backend.ts";
import type { Command } from "../commander.ts";
import type { Host } from "../command_host.ts";
import { parsersIn, withCommonFlags } from "../common_flags.ts";
import { addCommand } from "../help_text.ts";
import { runRecoveries } from "../run/run_recoveries.ts";
import type { CommonFlags } from "../settings.ts";
import type { Output } from "../terminal/output.ts";
import { UsageError } from "../usage_error.ts";

interface MaintainFlags extends CommonFlags {
  readonly within: number;
  readonly concurrency: number;
}

/** Adds `maintain`: one round of keeping alive, for a cron. */
export function addMaintain(program: Command, { words, output, finish }: Host): void {
  const { maintain: help, flags } = words.help;
  const { length, wholeNumber } = parsersIn(words);
  withCommonFlags(
    addCommand(program, "maintain", help)
      .option("--within <time>", help.within, length, 2 * 3_600_000)
      .option("--concurrency <n>", flags.concurrency, wholeNumber(1, 1_000), 8),
    words,
  ).action(async (flags: MaintainFlags) => finish(await maintain(flags, output(flags))));
}

async function maintain(flags: MaintainFlags, output: Output): Promise<number> {
  const { worker, within: withinMs, concurrency } = flags;
  if (worker !== undefined) throw new UsageError(({ usage }) => usage.maintainWorker(worker));
  const local = await openLocal(flags); // doctor tells of a store that is not sealed: a cron need not, every hour
  const backend = localBackend(local);
  try {
    const { isComplete, isInterrupted, ended, tally } = await runRecoveries(
      { round: (options) => local.connections.maintain({ ...options, withinMs }) },
      { backend, output, concurrency, nothing: output.words.maintain.nothingDue },
    );
    // A location that is not active is no trouble: nothing is lost.
    const isWell = isComplete || !isInterrupted && tally.recovered + tally.paused === ended;
    return isWell ? 0 : 1;
  } finally {
    backend.close();
  }
}
