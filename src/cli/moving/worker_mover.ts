import { parseLine } from "../../moving/export_line.ts";
import type { RestoredLine } from "../../moving/restored_lines.ts";
import {
  askWorker,
  cursorMark,
  lacking,
  pagesOf,
  strangerError,
  targetIn,
  textOf,
  workerHost,
} from "../../client/host.ts";
import { WorkerError } from "../../client/mod.ts";
import { isObject } from "../../oauth/fields.ts";
import { HighLevelError } from "../../oauth/highlevel_error.ts";
import type { Mover, Resealed } from "./mover.ts";

/** What {@linkcode workerMover} works with. */
export interface WorkerMoverOptions {
  /** Where the worker's routes are mounted. */
  readonly url: string;
  /** Its admin key. */
  readonly key: string;
  /** The key of the export, where it has its own. */
  readonly exportKey: string | undefined;
}

/** What a worker takes in one request. */
const PAGE_LINES = 400;
/** A page that ends early is asked for again this often, after growing pauses. */
const ATTEMPTS = 5;
const PAUSE_MS = 1_000;
/** A page takes the worker longer than other requests, ms. */
const TIMEOUT_MS = 120_000;

/** What the worker says cannot be right is the same mistake as at a store. */
function refuse(error: unknown): never {
  const { code, errors: [fault] = [] } = error instanceof WorkerError ? error.problem ?? {} : {};
  throw code === "invalid_input" && fault
    ? new TypeError(`${fault.field || "source"} ${fault.message}`)
    : error;
}

/** A worker as a side of a move. */
export function workerMover({ url, key, exportKey }: WorkerMoverOptions): Mover {
  const worker = workerHost({ url, key, timeoutMs: TIMEOUT_MS });
  const headers = exportKey === undefined ? {} : { "Export-Key": exportKey };
  return {
    name: url,
    isWorker: true,
    pageLines: PAGE_LINES,
    async *exportLines(from) {
      const isRound = cursorMark();
      let cursor = from;
      for (let attempt = 1;;) {
        const query = cursor === undefined ? "" : `?${new URLSearchParams({ cursor })}`;
        const read = ({ text }: { readonly text: string }) => pageIn(text);
        const { lines, last } = await onceReady(() =>
          askWorker(worker, `/export${query}`, { headers, read }).catch(refuse)
        );
        for (const line of lines) yield `${line}\n`;
        if (last.kind === "end") return;
        const isSame = last.cursor === cursor;
        // After trouble the same page is asked for again, a few times.
        if (!(isSame && last.problem !== undefined) && isRound(last.cursor)) {
          throw strangerError(worker, undefined, "its pages do not go on");
        }
        attempt = isSame ? attempt + 1 : 1;
        if (last.problem !== undefined) {
          if (attempt > ATTEMPTS) throw new HighLevelError("store_failed", last.problem);
          await new Promise((resolve) => setTimeout(resolve, attempt * PAUSE_MS));
        }
        cursor = last.cursor;
      }
    },
    async restore(page, { isDryRun }) {
      return await askWorker(worker, `/import${isDryRun ? "?dryRun=true" : ""}`, {
        method: "POST",
        headers,
        lines: page,
        isRepeatable: true, // what was taken is there, and as new
        read: ({ body: { lines } }) => {
          if (!Array.isArray(lines)) throw lacking("its answer tells no lines");
          return lines.map(restoredLineIn);
        },
      }).catch(refuse);
    },
    reseal: () =>
      pagesOf(worker, "/reseal", {}, (body) => [resealedIn(body)], { method: "POST", isRepeatable: true }),
    close: () => {},
  };
}

const RESULTS = ["taken", "older", "bad", "failed"] as const;

/** What `ask` gives; asked again while the worker builds its list of connections anew, which takes seconds. */
async function onceReady<T>(ask: () => Promise<T>): Promise<T> {
  for (let attempt = 1;; attempt++) {
    try {
      return await ask();
    } catch (error) {
      const isReady = !(error instanceof WorkerError) || error.problem?.code !== "not_ready";
      if (isReady || attempt > ATTEMPTS) throw error;
      await new Promise((resolve) => setTimeout(resolve, attempt * PAUSE_MS));
    }
  }
}

/** A page of an export: its lines, and what the last one says of the next. */
function pageIn(text: string) {
  const lines = text.split("\n").filter((line) => line !== "");
  const last = parseLine(lines.at(-1) ?? "");
  if (last.kind !== "end" && last.kind !== "cursor") throw lacking("its answer is no page of an export");
  return { lines, last };
}

function restoredLineIn(item: unknown): RestoredLine {
  const result = isObject(item) ? RESULTS.find((one) => one === item.result) : undefined;
  if (!isObject(item) || !result || typeof item.line !== "number") throw lacking("a line of it is none");
  const target = isObject(item.target) && targetIn(item);
  const reason = textOf(item.reason);
  return { line: item.line, result, ...target && { target }, ...reason && { reason } };
}

function resealedIn(
  { key, resealed, already, unreadable, failed }: Readonly<Record<string, unknown>>,
): Resealed {
  const name = textOf(key);
  const counts = [resealed, already, unreadable, failed].map(Number);
  const [one = 0, two = 0, three = 0, four = 0] = counts;
  if (!name || !counts.every(Number.isSafeInteger)) throw lacking("its answer has no counts");
  return { key: name, resealed: one, already: two, unreadable: three, failed: four };
}
