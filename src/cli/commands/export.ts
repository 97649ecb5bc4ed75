import { rmSync, statSync } from "node:fs";
import { isatty } from "node:tty";
import { parseLine } from "../../moving/export_line.ts";
import { HighLevelError } from "../../oauth/highlevel_error.ts";
import type { Command } from "../commander.ts";
import { withCommonFlags } from "../common_flags.ts";
import { STDOUT, writeWhole } from "../files/write_whole.ts";
import { listenForInterrupt } from "../run/interrupt.ts";
import { beginExportFile, type ExportFile, resumeExportFile } from "../moving/export_file.ts";
import type { Mover } from "../moving/mover.ts";
import { openMover } from "../moving/open_mover.ts";
import { type Output, processOutput } from "../terminal/output.ts";
import { isBarWelcome, openBar } from "../terminal/progress_bar.ts";
import type { CommonFlags } from "../settings.ts";
import { UsageError } from "../usage_error.ts";
import { counted, grouped, printable } from "../terminal/words.ts";

interface ExportFlags extends CommonFlags {
  readonly out?: string;
  readonly resume?: boolean;
}

/** Adds `export`, which writes all connections into a sealed file. */
export function addExport(program: Command, finish: (exitCode: number) => void): void {
  withCommonFlags(
    program.command("export")
      .description(
        "Write all connections into a file, sealed: to move them, or to keep. Sends HighLevel nothing.",
      )
      .option("--out <path>", "the file (default: stdout, where that is no terminal)")
      .option("--resume", "go on with an --out that was cut off"),
  ).addHelpText("after", HELP).action(async (flags: ExportFlags) => finish(await exportAll(flags)));
}

const HELP = `
The export is sealed under EXPORT_KEY where that is set (a key: openssl rand -base64 32), else under the first of the
store's SEALING_KEYS, or of the worker's own. Nothing opens it without: keep the key. There is no export in clear.

To move, in this order: let the old side stop refreshing (stop what uses the store; a worker: READ_ONLY=true), export,
restore on the new side, compare the counts, and only then use the new one. Two sides that refresh the same tokens lose them.

Exit code: 0 all exported, 1 some could not be read or it was cut off, 2 bad usage.

Examples:
  $ highlevel-reconnect export --worker https://reconnect.example --out connections.export
  $ highlevel-reconnect export --out connections.export --resume
  $ highlevel-reconnect export --store deno-kv:old.sqlite3 | highlevel-reconnect restore - --store sqlite:new.sqlite`;

async function exportAll(flags: ExportFlags): Promise<number> {
  const { out, resume, json } = flags;
  if (out === undefined && (resume || json)) throw new UsageError("--resume and --json need --out FILE.");
  if (out === undefined && isatty(STDOUT)) throw new UsageError("Give --out FILE, or pipe it on.");
  const output = processOutput({ json: json === true });
  const file = out === undefined ? toStdout() : resume ? await resumeExportFile(out) : beginExportFile(out);
  if (!file) {
    output.note(`${out} is whole: there is nothing to go on with.`);
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
    if (out !== undefined && statSync(out).size === 0) rmSync(out); // nothing came of it
  }
}

async function write(
  mover: Mover,
  file: ExportFile,
  output: Output,
  out: string | undefined,
): Promise<number> {
  const startedAt = Date.now();
  const bar = isBarWelcome(output) ? openBar(output, "Exporting") : undefined;
  const interrupt = listenForInterrupt(() => output.note("Stopping at the end of this page."));
  let { records } = file;
  let unreadable = 0;
  let isReadOnly = false;
  let ended: string | undefined = "It was cut off.";
  if (file.cursor !== undefined) output.note(`Going on after ${counted(records, "connection")}.`);
  try {
    for await (const text of mover.exportLines(file.cursor)) {
      file.write(text);
      const line = parseLine(text);
      if (line.kind === "header") isReadOnly = line.header.isReadOnly === true;
      if (line.kind === "record") records++;
      if (line.kind === "unreadable") {
        records++;
        unreadable++;
        output.note(`${line.key.replace("/", " ")} cannot be read: ${printable(line.reason)}`);
      }
      if (line.kind === "end") ended = undefined;
      bar?.update(records, undefined, "");
      if (line.kind === "cursor" && interrupt.signal.aborted) break;
    }
  } catch (error) {
    if (!(error instanceof HighLevelError)) throw error;
    ended = printable(error.message);
  } finally {
    bar?.stop();
    interrupt.release();
  }
  const seconds = (Date.now() - startedAt) / 1000;
  const lost = unreadable > 0 ? `, ${grouped(unreadable)} of them unreadable` : "";
  output.note(
    `${counted(records, "connection")} exported from ${mover.name}${lost}, in ${seconds.toFixed(1)} s.`,
  );
  output.emit({ type: "summary", records, unreadable, seconds, isWhole: ended === undefined });
  if (ended !== undefined) {
    output.note(
      `The export is not whole. ${ended}${
        out === undefined ? "" : " To go on: the same command with --resume."
      }`,
    );
    return 1;
  }
  if (!isReadOnly) output.note(mover.isWorker ? WORKER_GOES_ON : STORE_GOES_ON);
  return unreadable > 0 ? 1 : 0;
}

const WORKER_GOES_ON =
  "This worker goes on refreshing: good for a backup. To move, set READ_ONLY=true there first, then export.";
const STORE_GOES_ON =
  "To move, let nothing use this store from before the export on: what is refreshed here after it is lost there.";

function toStdout(): ExportFile {
  return { records: 0, write: (line) => writeWhole(STDOUT, line), close: () => {} };
}
