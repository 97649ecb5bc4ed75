import { closeSync, createReadStream, openSync, rmSync } from "node:fs";
import type { ConnectionTarget } from "../../oauth/target.ts";
import { linesOf } from "../files/input.ts";
import { reasonOf } from "../settings.ts";
import { isErrno, writeAll } from "../terminal/output.ts";
import { keyOf } from "../terminal/texts.ts";
import { UsageError } from "../usage_error.ts";

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
 * @throws {UsageError} when it cannot be opened or is another kind of file.
 */
export async function openJournal(path: string, mode: "resume" | "begin"): Promise<Journal> {
  const done = mode === "resume" ? await readJournal(path) : new Set<string>();
  if (mode === "begin") await readJournal(path, 1); // never empties a file that is something else
  const file = openOr(path, () => openSync(path, mode === "resume" ? "a" : "w"));
  const write = (text: string): void => writeAll(file, text);
  write(done.size === 0 ? `${FIRST_LINE}\n` : "\n"); // ends a line that a killed process left half written
  return {
    path,
    size: done.size,
    has: (name) => done.has(name),
    add: (target) => write(`${keyOf(target)}\n`),
    close: () => closeSync(file),
    remove: () => rmSync(path),
  };
}

const FIRST_LINE = "# recovered by highlevel-reconnect";
const LINE = /^(location|company) [A-Za-z0-9_-]{1,128}$/;

async function readJournal(path: string, lines = Infinity): Promise<Set<string>> {
  const done = new Set<string>();
  const file = openOr(path, () => openSync(path, "r"), "ENOENT");
  if (file === undefined) return done;
  for await (const { line, text } of linesOf(createReadStream(path, { fd: file }))) {
    if (line === 1 && text !== FIRST_LINE) throw new UsageError(({ usage }) => usage.noJournal(path));
    if (line >= lines) break;
    if (LINE.test(text)) done.add(text);
  }
  return done;
}

/** What `open` gives; `undefined` where the system answers `tolerated`. */
function openOr(path: string, open: () => number): number;
function openOr(path: string, open: () => number, tolerated: string): number | undefined;
function openOr(path: string, open: () => number, tolerated?: string): number | undefined {
  try {
    return open();
  } catch (error) {
    if (tolerated !== undefined && isErrno(error, tolerated)) return undefined;
    throw new UsageError(({ usage }) => usage.journalClosed(path, reasonOf(error)));
  }
}
