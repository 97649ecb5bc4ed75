import { type CheckedExport, checkExport } from "../../moving/check_export.ts";
import { type ExportItem, readExport } from "../../moving/read_export.ts";
import type { RestoredLine } from "../../moving/restored_lines.ts";
import { HighLevelError } from "../../oauth/highlevel_error.ts";
import type { Command } from "../commander.ts";
import type { Host } from "../command_host.ts";
import { withCommonFlags } from "../common_flags.ts";
import { isRepeatable, openInput, shownPath } from "../files/input.ts";
import { type Interrupt, listenForInterrupt } from "../run/interrupt.ts";
import type { Mover } from "../moving/mover.ts";
import { openMover } from "../moving/open_mover.ts";
import { openRestoreJournal, type RestoreJournal } from "../moving/restore_journal.ts";
import { addCommand } from "../help_text.ts";
import type { Output } from "../terminal/output.ts";
import { isBarWelcome, openBar, type ProgressBar } from "../terminal/progress_bar.ts";
import type { CommonFlags } from "../settings.ts";
import { UsageError } from "../usage_error.ts";
import { errorText, nameOf, printable } from "../terminal/texts.ts";
import type { Words } from "../words/words.ts";

interface RestoreFlags extends CommonFlags {
  readonly dryRun?: boolean;
  readonly partial?: boolean;
  readonly resume?: boolean;
}

/** Adds `restore`, which takes an export over. */
export function addRestore(program: Command, { words, output, finish }: Host): void {
  const { restore: help } = words.help;
  withCommonFlags(
    addCommand(program, "restore", help)
      .argument("<path>", help.path)
      .option("--dry-run", help.dryRun)
      .option("--partial", help.partial)
      .option("--resume", help.resume),
    words,
  ).action(async (path: string, flags: RestoreFlags) => finish(await restore(path, flags, output(flags))));
}

type Counts = Record<RestoredLine["result"], number>;

async function restore(path: string, flags: RestoreFlags, output: Output): Promise<number> {
  const { dryRun = false, partial = false, resume = false } = flags;
  const isFile = await isRepeatable(path);
  if (resume && (!isFile || dryRun)) throw new UsageError(({ usage }) => usage.restoreResume);
  // A file is read through first: nothing is taken from one that is cut.
  const checked = isFile ? await checkExport(await openInput(path)) : undefined;
  if (checked && !checked.isWhole && (!partial || !checked.header)) {
    const { reason, header } = checked;
    throw new UsageError((words) =>
      words.usage.noWholeExport(shownPath(path, words), `${reason}`, header !== undefined)
    );
  }
  const mover = await openMover(flags);
  try {
    const run = { path, flags, mover, output, checked, dryRun, partial, resume };
    return await take(run);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    const { message } = error;
    throw new UsageError((words) => inWords(message, path, words));
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
  const { words } = output;
  const say = words.moving;
  const startedAt = Date.now();
  const bar = isBarWelcome(output) ? openBar(output, dryRun ? say.comparing : say.restoring) : undefined;
  const interrupt = listenForInterrupt(() => output.note(say.stopping));
  const counts: Counts = { taken: 0, older: 0, bad: 0, failed: 0 };
  const id = checked?.header?.id;
  const journal = id === undefined || dryRun
    ? undefined
    : openRestoreJournal(`${path}.restored`, { id, to: mover.name, mode: resume ? "resume" : "begin" });
  if (journal && journal.line > 0) output.note(say.goingOnAfter(journal.line));
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
    stopped = errorText(error, words);
  } finally {
    bar?.stop();
    interrupt.release();
  }
  if (interrupt.signal.aborted) stopped = say.interrupted;
  const { taken, bad, failed } = counts;
  const seconds = (Date.now() - startedAt) / 1000;
  output.print(say.restored(counts, dryRun, seconds));
  output.emit({
    type: "summary",
    ...counts,
    seconds,
    dryRun,
    isWhole: cut === undefined && stopped === undefined,
  });
  if (cut !== undefined && !partial) output.note(say.noWhole(shownPath(path, words), cut));
  if (stopped !== undefined) {
    output.note(`${stopped} ${journal ? say.resume : say.again}`);
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
        if (item.line > (journal?.line ?? 0)) count(badLine(item, output.words));
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

function badLine(
  item: Extract<ExportItem, { kind: "bad" | "unreadable" }>,
  { moving }: Words,
): RestoredLine {
  const what = item.kind === "unreadable" ? moving.unreadableThere : "";
  return { line: item.line, result: "bad", reason: `${what}${item.reason}` };
}

function tell(line: RestoredLine, output: Output): void {
  const { target, result, reason = "" } = line;
  const { words } = output;
  output.emit({ type: "restored", ...line });
  if (result === "taken" || result === "older") return; // in the counts
  const name = target ? `${nameOf(target, words)} ` : "";
  output.note(words.moving.line(line.line, name, result, printable(reason)));
}

const DAY_MS = 86_400_000;

/** Two sides with the same refresh tokens lose them: says so, and when it is late for some. */
function tellOfOldSide(output: Output, checked: CheckedExport | undefined, isWorker: boolean): void {
  const { madeAt = "", isReadOnly = false } = checked?.header ?? {};
  const days = Math.floor((Date.now() - Date.parse(madeAt)) / DAY_MS);
  const say = output.words.moving;
  if (days > 0 && !isReadOnly) output.note(say.old(days));
  output.note(say.oneSide(isWorker));
}

/** The complaint of a reader about its source or its keys, for people. */
function inWords(message: string, path: string, words: Words): string {
  const shown = shownPath(path, words);
  return words.usage.setting(
    message.replace(/^(keys|source) must have the key/, words.usage.exportNeedsKey(shown))
      .replace(/^source/, shown),
  );
}
