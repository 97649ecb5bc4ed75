import { lstatSync, rmSync } from "node:fs";
import { isatty } from "node:tty";
import { parseLine } from "../../moving/export_line.ts";
import { HighLevelError } from "../../oauth/highlevel_error.ts";
import type { Command } from "../commander.ts";
import type { Host } from "../command_host.ts";
import { withCommonFlags } from "../common_flags.ts";
import { STDOUT, writeWhole } from "../files/write_whole.ts";
import { listenForInterrupt } from "../run/interrupt.ts";
import { beginExportFile, type ExportFile, resumeExportFile } from "../moving/export_file.ts";
import type { Mover } from "../moving/mover.ts";
import { openMover } from "../moving/open_mover.ts";
import { addCommand } from "../help_text.ts";
import type { Output } from "../terminal/output.ts";
import { isBarWelcome, openBar } from "../terminal/progress_bar.ts";
import type { CommonFlags } from "../settings.ts";
import { UsageError } from "../usage_error.ts";
import { errorText, printable } from "../terminal/texts.ts";

interface ExportFlags extends CommonFlags {
  readonly out?: string;
  readonly resume?: boolean;
}

/** Adds `export`, which writes all connections into a sealed file. */
export function addExport(program: Command, { words, output, finish }: Host): void {
  const { export: help } = words.help;
  withCommonFlags(
    addCommand(program, "export", help)
      .option("--out <path>", help.out)
      .option("--resume", help.resume),
    words,
  ).action(async (flags: ExportFlags) => finish(await exportAll(flags, output(flags))));
}

async function exportAll(flags: ExportFlags, output: Output): Promise<number> {
  const { out, resume, json } = flags;
  if (out === undefined && (resume || json)) throw new UsageError(({ usage }) => usage.outNeeded);
  if (out === undefined && isatty(STDOUT)) throw new UsageError(({ usage }) => usage.outOrPipe);
  const file = out === undefined ? toStdout() : resume ? await resumeExportFile(out) : beginExportFile(out);
  if (!file) {
    output.note(output.words.moving.whole(`${out}`));
    return 0;
  }
  try {
    const mover = await openMover(flags);
    try {
      return await write(mover, file, output, out);
    } finally {
      mover.close();
    }
  } finally {
    file.close();
    if (out !== undefined && isEmptyFile(out)) rmSync(out); // nothing came of it
  }
}

async function write(
  mover: Mover,
  file: ExportFile,
  output: Output,
  out: string | undefined,
): Promise<number> {
  const say = output.words.moving;
  const startedAt = Date.now();
  const bar = isBarWelcome(output) ? openBar(output, say.exporting) : undefined;
  const interrupt = listenForInterrupt(() => output.note(say.stopping));
  let { records } = file;
  let unreadable = 0;
  let isReadOnly = false;
  let ended: string | undefined = say.cutOff;
  if (file.cursor !== undefined) output.note(say.goingOn(records));
  try {
    for await (const text of mover.exportLines(file.cursor)) {
      const problem = problemOf(() => file.write(text));
      if (problem) {
        ended = `${problem.say(output.words)}.`;
        break;
      }
      const line = parseLine(text);
      if (line.kind === "header") isReadOnly = line.header.isReadOnly === true;
      if (line.kind === "record") records++;
      if (line.kind === "unreadable") {
        records++;
        unreadable++;
        output.note(say.unreadable(line.key.replace("/", " "), printable(line.reason)));
      }
      if (line.kind === "end") ended = undefined;
      bar?.update(records, undefined, "");
      if (line.kind === "cursor" && interrupt.signal.aborted) break;
    }
  } catch (error) {
    if (!(error instanceof HighLevelError)) throw error;
    ended = errorText(error, output.words);
  } finally {
    bar?.stop();
    interrupt.release();
  }
  const seconds = (Date.now() - startedAt) / 1000;
  output.note(say.exported(records, mover.name, unreadable, seconds));
  output.emit({ type: "summary", records, unreadable, seconds, isWhole: ended === undefined });
  if (ended !== undefined) {
    output.note([say.notWhole(ended), out !== undefined && say.resume].filter(Boolean).join(" "));
    return 1;
  }
  if (!isReadOnly) output.note(mover.isWorker ? say.workerGoesOn : say.storeGoesOn);
  return unreadable > 0 ? 1 : 0;
}

function isEmptyFile(path: string): boolean {
  const found = lstatSync(path);
  return found.isFile() && found.size === 0;
}

/** Why `write` failed: the disk may be full. */
function problemOf(write: () => void): UsageError | undefined {
  try {
    write();
    return undefined;
  } catch (error) {
    if (error instanceof UsageError) return error;
    throw error;
  }
}

function toStdout(): ExportFile {
  return { records: 0, write: (line) => writeWhole(STDOUT, line), close: () => {} };
}
