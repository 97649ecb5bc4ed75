import { closeSync, openSync } from "node:fs";
import type { Recovery } from "../../connections/recovery.ts";
import { csvLine } from "../../import/csv_line.ts";
import { writeWhole } from "../files/write_whole.ts";
import { reasonOf } from "../settings.ts";
import { UsageError } from "../usage_error.ts";
import type { Words } from "../words/words.ts";
import { kindOf, whyOf } from "../terminal/texts.ts";

/** A CSV file with one line per connection, written as results come. */
export interface Report {
  /** Adds a line. */
  add(recovery: Recovery): void;
  /** Ends the writing. */
  close(): void;
}

const HEADER = ["kind", "id", "outcome", "by", "code", "reason", "traceId", "authorizationUrl"];

/**
 * Begins a report at `path`, replacing what is there.
 *
 * @throws {UsageError} when it cannot be written.
 */
export function openReport(path: string, words: Words): Report {
  let file: number;
  try {
    file = openSync(path, "w");
  } catch (error) {
    throw new UsageError(({ usage }) => usage.report(path, reasonOf(error)));
  }
  const write = (fields: readonly (string | undefined)[]) => writeWhole(file, `${csvLine(fields)}\n`);
  write(HEADER);
  return {
    add(recovery) {
      const { target, outcome, by, error, traceId, authorizationUrl } = recovery;
      const [kind, id] = kindOf(target);
      const reason = outcome === "recovered" ? undefined : whyOf(recovery, words);
      write([kind, id, outcome, by, error?.code, reason, traceId, authorizationUrl]);
    },
    close: () => closeSync(file),
  };
}
