import { appendFileSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { codeOf } from "../files/write_whole.ts";
import { reasonOf } from "../settings.ts";
import { UsageError } from "../usage_error.ts";

/** How far a restore has come, in a file beside the export: written after each page, so that a killed run repeats one at most. */
export interface RestoreJournal {
  /** The last line that was done by the run before, 0 where none was. */
  readonly line: number;
  /** Notes that all is done up to `line`. */
  add(line: number): void;
  /** Removes the file: all is done. */
  remove(): void;
}

const FIRST_LINE = "# restored by highlevel-reconnect";

/**
 * Opens the journal at `path` of restoring the export `id` to the side called `to`: to go on with what it says, or to begin anew.
 *
 * @throws {UsageError} when it cannot be written, or is another kind of file.
 */
export function openRestoreJournal(
  path: string,
  { id, to, mode }: { readonly id: string; readonly to: string; readonly mode: "resume" | "begin" },
): RestoreJournal {
  const start = `${id} ${to} `;
  let text = "";
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if (codeOf(error) !== "ENOENT") throw cannot(path, error);
  }
  if (text !== "" && !text.startsWith(FIRST_LINE)) {
    throw new UsageError(({ usage }) => usage.restoreJournal(path));
  }
  const done = text.split("\n").filter((line) =>
    line.startsWith(start) && /^\d+$/.test(line.slice(start.length))
  );
  const line = mode === "resume" ? Number(done.at(-1)?.slice(start.length) ?? 0) : 0;
  const write = (text: string, into: typeof writeFileSync | typeof appendFileSync): void => {
    try {
      into(path, text);
    } catch (error) {
      throw cannot(path, error);
    }
  };
  write(`${FIRST_LINE}\n${line > 0 ? `${start}${line}\n` : ""}`, writeFileSync);
  return {
    line,
    add: (line) => write(`${start}${line}\n`, appendFileSync),
    remove: () => rmSync(path, { force: true }),
  };
}

function cannot(path: string, error: unknown): UsageError {
  return new UsageError(({ usage }) => usage.restoreJournalClosed(path, reasonOf(error)));
}
