import { type CheckedExport, checkExport } from "../../moving/check_export.ts";
import { type ExportItem, readExport } from "../../moving/read_export.ts";
import type { RestoredLine } from "../../moving/restored_lines.ts";
import { HighLevelError } from "../../oauth/highlevel_error.ts";
import type { Command } from "../commander.ts";
import { withCommonFlags } from "../common_flags.ts";
import { isRepeatable, openInput, shownPath } from "../files/input.ts";
import { type Interrupt, listenForInterrupt } from "../run/interrupt.ts";
import type { Mover } from "../moving/mover.ts";
import { openMover } from "../moving/open_mover.ts";
import { openRestoreJournal, type RestoreJournal } from "../moving/restore_journal.ts";
import { type Output, processOutput } from "../terminal/output.ts";
import { isBarWelcome, openBar, type ProgressBar } from "../terminal/progress_bar.ts";
import type { CommonFlags } from "../settings.ts";
import { UsageError } from "../usage_error.ts";
import { counted, grouped, nameOf, printable } from "../terminal/words.ts";

interface RestoreFlags extends CommonFlags {
  readonly dryRun?: boolean;
  readonly partial?: boolean;
  readonly resume?: boolean;
}

/** Adds `restore`, which takes an export over. */
export function addRestore(program: Command, finish: (exitCode: number) => void): void {
  withCommonFlags(
    program.command("restore")
      .description(
        "Take over an export's connections, unless what is here is newer. Sends HighLevel nothing.",
      )
      .argument("<path>", "the export; - is stdin")
      .option("--dry-run", "show what would be taken; change nothing")
      .option("--partial", "take what is there of an export that is cut or damaged")
      .option("--resume", "go on after what the run before has done"),
  ).addHelpText("after", HELP).action(async (path: string, flags: RestoreFlags) =>
    finish(await restore(path, flags))
  );
}

const HELP = `
The key that the export is sealed under is EXPORT_KEY, or among the store's SEALING_KEYS or the worker's own.
Nothing newer is ever replaced: restoring the same file again is harmless. What was forgotten stays forgotten.
Let only one side refresh from now on: two that refresh the same tokens lose them.

Exit code: 0 all taken or newer here, 1 some could not be taken, 2 bad usage: no export, a cut one, a wrong key.

Examples:
  $ highlevel-reconnect restore connections.export --worker https://reconnect.example --dry-run
  $ highlevel-reconnect restore connections.export --store postgres://db.example/app`;

type Counts = Record<RestoredLine["result"], number>;

async function restore(path: string, flags: RestoreFlags): Promise<number> {
  const { dryRun = false, partial = false, resume = false } = flags;
  const output = processOutput({ json: flags.json === true });
  const isFile = await isRepeatable(path);
  if (resume && (!isFile || dryRun)) throw new UsageError("--resume needs a file, and changes something.");
  // A file is read through first: nothing is taken from one that is cut.
  const checked = isFile ? await checkExport(await openInput(path)) : undefined;
  if (checked && !checked.isWhole && (!partial || !checked.header)) {
    const way = checked.header ? " Export once more, or take what is there with --partial." : "";
    throw new UsageError(`${shownPath(path)} is no whole export: ${checked.reason}.${way}`);
  }
  const mover = await openMover(flags);
  try {
    const run = { path, flags, mover, output, checked, dryRun, partial, resume };
    return await take(run);
  } catch (error) {
    throw error instanceof TypeError ? new UsageError(inWords(error.message, path)) : error;
  } finally {
    mover.close();
  }
}

async function take(
  { path, flags, mover, output, checked, dryRun, partial, resume }: {
    readonly path: string;
    readonly flags: RestoreFlags;
    readonly mover: Mover;
    readonly output: Output;
    readonly checked: CheckedExport | undefined;
    readonly dryRun: boolean;
    readonly partial: boolean;
    readonly resume: boolean;
  },
): Promise<number> {
  const startedAt = Date.now();
  const bar = isBarWelcome(output) ? openBar(output, dryRun ? "Comparing" : "Restoring") : undefined;
  const interrupt = listenForInterrupt(() => output.note("Stopping at the end of this page."));
  const counts: Counts = { taken: 0, older: 0, bad: 0, failed: 0 };
  const id = checked?.header?.id;
  const journal = id === undefined || dryRun
    ? undefined
    : openRestoreJournal(`${path}.restored`, { id, to: mover.name, mode: resume ? "resume" : "begin" });
  if (journal && journal.line > 0) output.note(`Going on after line ${grouped(journal.line)}.`);
  let stopped: string | undefined;
  let cut: string | undefined;
  try {
    const total = checked?.counts.records;
    cut = await takePages(await openInput(path), {
      mover,
      output,
      bar,
      interrupt,
      counts,
      journal,
      dryRun,
      total,
    });
  } catch (error) {
    if (!(error instanceof HighLevelError)) throw error;
    stopped = printable(error.message);
  } finally {
    bar?.stop();
    interrupt.release();
  }
  if (interrupt.signal.aborted) stopped = "It was interrupted.";
  const { taken, older, bad, failed } = counts;
  const seconds = (Date.now() - startedAt) / 1000;
  const parts = [
    `${grouped(taken)} ${dryRun ? "would be taken" : "taken"}`,
    ...older > 0 ? [`${grouped(older)} not newer than what is here`] : [],
    ...bad > 0 ? [`${grouped(bad)} bad`] : [],
    ...failed > 0 ? [`${grouped(failed)} failed`] : [],
  ];
  const all = counted(taken + older + bad + failed, "connection");
  output.print(
    `${all}: ${parts.join(", ")}, in ${seconds.toFixed(1)} s.${dryRun ? " Nothing was changed." : ""}`,
  );
  output.emit({
    type: "summary",
    ...counts,
    seconds,
    dryRun,
    isWhole: cut === undefined && stopped === undefined,
  });
  if (cut !== undefined && !partial) output.note(`${shownPath(path)} is no whole export: ${cut}.`);
  if (stopped !== undefined) {
    output.note(`${stopped} To go on: the same command${journal ? " with --resume" : ""}.`);
  }
  const isDone = stopped === undefined && failed === 0;
  if (isDone) journal?.remove();
  if (isDone && taken > 0 && !dryRun) tellOfOldSide(output, checked, flags.worker !== undefined);
  return isDone && bad === 0 && (cut === undefined || partial) ? 0 : 1;
}

/** Sends the export page by page; tells why it is not whole, where it is not. */
async function takePages(
  source: ReadableStream<Uint8Array>,
  { mover, output, bar, interrupt, counts, journal, dryRun, total }: {
    readonly mover: Mover;
    readonly output: Output;
    readonly bar: ProgressBar | undefined;
    readonly interrupt: Interrupt;
    readonly counts: Counts;
    readonly journal: RestoreJournal | undefined;
    readonly dryRun: boolean;
    readonly total: number | undefined;
  },
): Promise<string | undefined> {
  let head = "";
  /** Whether nothing has failed so far: a later run begins with what has. */
  let isSound = true;
  let page: { readonly line: number; readonly text: string }[] = [];
  const count = (line: RestoredLine): void => {
    counts[line.result]++;
    tell(line, output);
  };
  const send = async (): Promise<void> => {
    if (page.length === 0) return;
    const text = [head, ...page.map(({ text }) => text), ""].join("\n");
    const results = await mover.restore(text, { isDryRun: dryRun });
    // Its first line is the header.
    for (const result of results) count({ ...result, line: page[result.line - 2]?.line ?? result.line });
    if (results.length !== page.length) throw new HighLevelError("malformed_response", "An answer was cut.");
    const failure = results.find(({ result }) => result === "failed");
    if (failure && results.every(({ result }) => result === "failed")) {
      throw new HighLevelError("store_failed", `${mover.name} takes nothing: ${failure.reason}`);
    }
    isSound &&= !failure;
    if (isSound) journal?.add(page.at(-1)?.line ?? 0);
    page = [];
    bar?.update(counts.taken + counts.older + counts.bad + counts.failed, total, "");
  };
  for await (const item of readExport(source)) {
    switch (item.kind) {
      case "header":
        head = item.text;
        continue;
      case "record":
        if (item.line <= (journal?.line ?? 0)) continue;
        page.push(item);
        break;
      case "unreadable":
      case "bad":
        if (item.line > (journal?.line ?? 0)) count(badLine(item));
        continue;
      case "end":
        await send();
        return item.reason;
    }
    if (page.length >= mover.pageLines) await send();
    if (page.length === 0 && interrupt.signal.aborted) return undefined;
  }
  return undefined;
}

function badLine(item: Extract<ExportItem, { kind: "bad" | "unreadable" }>): RestoredLine {
  const what = item.kind === "unreadable" ? "it could not be read where it was exported: " : "";
  return { line: item.line, result: "bad", reason: `${what}${item.reason}` };
}

function tell(line: RestoredLine, output: Output): void {
  const { target, result, reason = "" } = line;
  output.emit({ type: "restored", ...line });
  if (result === "taken" || result === "older") return; // in the counts
  const name = target ? `${nameOf(target)} ` : "";
  output.note(`line ${line.line}: ${name}${result}: ${printable(reason)}`);
}

const DAY_MS = 86_400_000;

/** Two sides with the same refresh tokens lose them: says so, and when it is late for some. */
function tellOfOldSide(output: Output, checked: CheckedExport | undefined, isWorker: boolean): void {
  const { madeAt = "", isReadOnly = false } = checked?.header ?? {};
  const days = Math.floor((Date.now() - Date.parse(madeAt)) / DAY_MS);
  if (days > 0 && !isReadOnly) {
    output.note(
      `This export is ${
        counted(days, "day")
      } old: what its side has refreshed since is brought back by other ways.`,
    );
  }
  output.note(
    `Let only one side refresh from now on${
      isWorker ? ": this worker does" : ""
    }. What the other one refreshes is lost here.`,
  );
}

/** The complaint of a reader about its source or its keys, for people. */
function inWords(message: string, path: string): string {
  return message
    .replace(
      /^(keys|source) must have the key/,
      `${shownPath(path)} needs the key (EXPORT_KEY, or one of SEALING_KEYS)`,
    )
    .replace(/^source/, shownPath(path))
    .replace(/^keys\[\d+\]/, "EXPORT_KEY or SEALING_KEYS");
}
