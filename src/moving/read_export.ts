import { chainedDigest } from "./chained_digest.ts";
import type { ExportKeys } from "./export_keys.ts";
import { type ExportCounts, type ExportHeader, parseLine } from "./export_line.ts";
import { endText } from "./export_writer.ts";
import { type ExportSource, linesIn } from "./lines_in.ts";

/** One piece of an export, with the number of its line from 1. */
export type ExportItem =
  /** The first line, with its text. */
  | { readonly kind: "header"; readonly line: number; readonly text: string; readonly header: ExportHeader }
  /** A connection, sealed, with the text of its line. */
  | {
    readonly kind: "record";
    readonly line: number;
    readonly text: string;
    readonly key: string;
    readonly sealed: string;
  }
  /** A connection whose record could not be read where the export was made. */
  | { readonly kind: "unreadable"; readonly line: number; readonly key: string; readonly reason: string }
  /** A line that holds no connection that could be taken. */
  | { readonly kind: "bad"; readonly line: number; readonly key?: string; readonly reason: string }
  /** The last item of all, whatever comes: whether the export is whole, and why it is not. */
  | ExportEnd;

/** How an export ended. */
export interface ExportEnd {
  /** The last item. */
  readonly kind: "end";
  /** The last line. */
  readonly line: number;
  /** What was read. */
  readonly counts: ExportCounts;
  /** Whether nothing is missing, twice or altered. */
  readonly isWhole: boolean;
  /** Why it is not whole. */
  readonly reason?: string;
}

/**
 * Reads an export line by line; opens nothing. No bytes make it throw. Its last item says whether it is whole: with `keys`, also
 * whether its last line was made by who has the key.
 */
export async function* readExport(
  source: ExportSource,
  { keys }: { readonly keys?: ExportKeys } = {},
): AsyncGenerator<ExportItem, void, undefined> {
  let counts: ExportCounts = { records: 0, forgotten: 0, unreadable: 0 };
  let [line, digest, lastKey] = [0, "", ""];
  let head: { readonly text: string; readonly header: ExportHeader } | undefined;
  let fault: string | undefined;
  const ended = (reason: string | undefined): ExportEnd => ({
    kind: "end",
    line,
    counts,
    isWhole: reason === undefined,
    ...reason !== undefined && { reason },
  });
  for await (const text of linesIn(source)) {
    line++;
    if (text === "") continue;
    const read = parseLine(text);
    if (!head) {
      if (read.kind !== "header") {
        return yield ended(
          read.kind === "bad"
            ? `line ${line}: ${read.reason}`
            : "it does not begin with the line that says what it is",
        );
      }
      head = { text, header: read.header };
      yield { kind: "header", line, ...head };
      continue;
    }
    switch (read.kind) {
      case "cursor":
        continue;
      case "header":
        if (text === head.text) continue; // pages put together
        fault ??= `line ${line} begins another export`;
        yield { kind: "bad", line, reason: "it begins another export" };
        continue;
      case "bad":
        fault ??= `line ${line}: ${read.reason}`;
        yield { kind: "bad", line, reason: read.reason };
        continue;
      case "end": {
        const reason = fault ?? await endFault(read, { head, counts, digest, keys });
        if (reason === undefined) counts = read.counts;
        return yield ended(reason);
      }
      case "record":
      case "unreadable": {
        digest = await chainedDigest(digest, text);
        const { key } = read;
        counts = {
          ...counts,
          records: counts.records + 1,
          unreadable: counts.unreadable + (read.kind === "unreadable" ? 1 : 0),
        };
        const isInOrder = key > lastKey;
        lastKey = key;
        if (!isInOrder) {
          const reason = "it comes twice, or out of order: the file was altered";
          fault ??= `line ${line}: ${reason}`;
          yield { kind: "bad", line, key, reason };
        } else if (read.kind === "record") yield { kind: "record", line, text, key, sealed: read.sealed };
        else yield { kind: "unreadable", line, key, reason: read.reason };
      }
    }
  }
  yield ended(
    line === 0 ? "it is empty" : fault ?? "it is cut: its last line, which says that it is whole, is missing",
  );
}

/** What is wrong with the last line. */
async function endFault(
  { counts, digest, sealed }: {
    readonly counts: ExportCounts;
    readonly digest: string;
    readonly sealed: string;
  },
  read: {
    readonly head: { readonly text: string; readonly header: ExportHeader };
    readonly counts: ExportCounts;
    readonly digest: string;
    readonly keys: ExportKeys | undefined;
  },
): Promise<string | undefined> {
  const { head: { text, header }, keys } = read;
  if (counts.records !== read.counts.records) {
    return `it should have ${counts.records} connections, and has ${read.counts.records}: lines are missing or too many`;
  }
  if (digest !== read.digest) return "its lines are not those that were written";
  if (!keys?.has(header.keyId)) return undefined;
  const opened = await keys.open(header.keyId, text, "end", sealed);
  return opened === endText(counts, digest) ? undefined : "its last line was not made with its key";
}
