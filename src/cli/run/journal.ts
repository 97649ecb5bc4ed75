import { closeSync, lstatSync, openSync, rmSync, statSync } from "node:fs";
import type { ConnectionTarget } from "../../oauth/target.ts";
import { linesOf, openInput } from "../files/input.ts";
import { isOtherFile, writeWhole } from "../files/write_whole.ts";
import { reasonOf } from "../settings.ts";
import { UsageError } from "../usage_error.ts";
import { keyOf } from "../terminal/texts.ts";

/**
 * What a run has recovered, kept in a file as it happens, so that `--resume` leaves it alone: one line per connection,
 * `location ID` or `company ID`. A line is written after the tokens are stored, so a killed process forgets nothing.
 */
export interface Journal {
  /** The file. */
  readonly path: string;
  /** How many connections the run before had recovered. */
  readonly size: number;
  /** Whether an earlier part of this run recovered the connection of this name, as `keyOf` gives it. */
  has(name: string): boolean;
  /** Notes that `target` is recovered. */
  add(target: ConnectionTarget): void;
  /** Ends the writing. */
  close(): void;
  /** Removes the file: the run is complete. */
  remove(): void;
}

/**
 * Opens the journal at `path`: to go on with what it says, or to begin anew.
 *
 * @throws {UsageError} when it is another kind of file, or cannot be opened; `add` when it cannot be written.
 */
export async function openJournal(path: string, mode: "resume" | "begin"): Promise<Journal> {
  const attempt = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      throw new UsageError(({ usage }) => usage.journalClosed(path, reasonOf(error)));
    }
  };
  if (attempt(() => isOtherFile(path, FIRST_LINE))) {
    throw new UsageError(({ usage }) => usage.noJournal(path));
  }
  const done = mode === "resume" ? await readJournal(path) : new Set<string>();
  const file = attempt(() => openSync(path, mode === "resume" ? "a" : "w"));
  const write = (text: string) => attempt(() => writeWhole(file, text));
  write(done.size === 0 ? `${FIRST_LINE}\n` : "\n"); // ends a line that a killed process left half written
  return {
    path,
    size: done.size,
    has: (name) => done.has(name),
    add: (target) => write(`${keyOf(target)}\n`),
    close: () => closeSync(file),
    remove() {
      if (lstatSync(path, { throwIfNoEntry: false })?.isFile()) rmSync(path); // no device, such as /dev/null
    },
  };
}

const FIRST_LINE = "# recovered by highlevel-reconnect";
const LINE = /^(location|company) [A-Za-z0-9_-]{1,128}$/;

async function readJournal(path: string): Promise<Set<string>> {
  const done = new Set<string>();
  if (!statSync(path, { throwIfNoEntry: false })?.isFile()) return done;
  for await (const { text } of linesOf(await openInput(path))) if (LINE.test(text)) done.add(text);
  return done;
}
