import { closeSync, existsSync, openSync, realpathSync } from "node:fs";
import type { Recovery } from "../../connections/recovery.ts";
import { csvLine } from "../../import/csv_line.ts";
import { isOtherFile, writeWhole } from "../files/write_whole.ts";
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
 * Begins a report at `path`, replacing the report that is there; nothing else is replaced, nor a report that is the run's own `source`.
 *
 * @throws {UsageError} when it cannot be written; `add` too.
 */
export function openReport(
  path: string,
  { words, source }: { readonly words: Words; readonly source: string | undefined },
): Report {
  const attempt = <T>(write: () => T): T => {
    try {
      return write();
    } catch (error) {
      throw new UsageError(({ usage }) => usage.report(path, reasonOf(error)));
    }
  };
  if (attempt(() => isOtherFile(path, csvLine(HEADER)) || isSameFile(path, source))) {
    throw new UsageError(({ usage }) => usage.noReport(path));
  }
  const file = attempt(() => openSync(path, "w"));
  const write = (fields: readonly (string | undefined)[]) =>
    attempt(() => writeWhole(file, `${csvLine(fields)}\n`));
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

function isSameFile(path: string, source: string | undefined): boolean {
  return source !== undefined && existsSync(path) && existsSync(source) &&
    realpathSync(path) === realpathSync(source);
}
