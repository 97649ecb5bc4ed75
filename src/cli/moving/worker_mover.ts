import { parseLine } from "../../moving/export_line.ts";
import type { RestoredLine } from "../../moving/restored_lines.ts";
import { isObject } from "../../oauth/fields.ts";
import { HighLevelError } from "../../oauth/highlevel_error.ts";
import {
  askWorker,
  askWorkerText,
  strangerError,
  textOf,
  type WorkerAddress,
} from "../backend/worker_api.ts";
import { targetFrom } from "../backend/worker_answers.ts";
import type { Mover, Resealed } from "./mover.ts";

/** What {@linkcode workerMover} works with. */
export interface WorkerMoverOptions extends WorkerAddress {
  /** The key of the export, where it has its own. */
  readonly exportKey: string | undefined;
}

/** What a worker takes in one request. */
const PAGE_LINES = 400;
/** A page that ends early is asked for again this often, after growing pauses. */
const ATTEMPTS = 5;
const PAUSE_MS = 1_000;

/** A worker as a side of a move. */
export function workerMover({ exportKey, ...worker }: WorkerMoverOptions): Mover {
  const headers = exportKey === undefined ? {} : { "Export-Key": exportKey };
  return {
    name: worker.url,
    isWorker: true,
    pageLines: PAGE_LINES,
    async *exportLines(from) {
      let cursor = from;
      for (let attempt = 1;;) {
        const query = cursor === undefined ? "" : `?${new URLSearchParams({ cursor })}`;
        const page = await askWorkerText(worker, `/export${query}`, { headers });
        const lines = page.split("\n").filter((line) => line !== "");
        const last = parseLine(lines.at(-1) ?? "");
        if (last.kind !== "end" && last.kind !== "cursor") throw strangerError(worker.url);
        for (const line of lines) yield `${line}\n`;
        if (last.kind === "end") return;
        attempt = last.cursor === cursor ? attempt + 1 : 1;
        if (last.problem !== undefined) {
          if (attempt > ATTEMPTS) throw new HighLevelError("store_failed", last.problem);
          await new Promise((resolve) => setTimeout(resolve, attempt * PAUSE_MS));
        }
        cursor = last.cursor;
      }
    },
    async restore(page, { isDryRun }) {
      const path = `/import${isDryRun ? "?dryRun=true" : ""}`;
      const request = { method: "POST", headers, body: page, expect: [422] } as const;
      const answer = jsonIn(await askWorkerText(worker, path, request));
      if (answer.code === "invalid_input") throw new TypeError(`source ${complaintIn(answer)}`);
      if (!Array.isArray(answer.lines)) throw strangerError(worker.url);
      return answer.lines.map((item): RestoredLine => restoredLineIn(item) ?? refused(worker.url));
    },
    async *reseal() {
      let cursor: string | undefined;
      do {
        const query = cursor === undefined ? "" : `?${new URLSearchParams({ cursor })}`;
        const { body } = await askWorker(worker, `/reseal${query}`, { method: "POST" });
        yield resealedIn(body) ?? refused(worker.url);
        cursor = textOf(body.cursor);
      } while (cursor !== undefined);
    },
    close: () => {},
  };
}

const RESULTS = ["taken", "older", "bad", "failed"] as const;

function restoredLineIn(item: unknown): RestoredLine | undefined {
  if (!isObject(item)) return undefined;
  const result = RESULTS.find((one) => one === item.result);
  if (!result || typeof item.line !== "number") return undefined;
  const target = targetFrom(item);
  const reason = textOf(item.reason);
  return { line: item.line, result, ...target && { target }, ...reason && { reason } };
}

function resealedIn(
  { key, resealed, already, unreadable, failed }: Record<string, unknown>,
): Resealed | undefined {
  const counts = [resealed, already, unreadable, failed].map(Number);
  const name = textOf(key);
  const [one = 0, two = 0, three = 0, four = 0] = counts;
  return name && counts.every(Number.isSafeInteger)
    ? { key: name, resealed: one, already: two, unreadable: three, failed: four }
    : undefined;
}

function jsonIn(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}

/** What the worker says is wrong with a page, or with the keys for it. */
function complaintIn({ errors, detail }: Readonly<Record<string, unknown>>): string {
  const [first]: readonly unknown[] = Array.isArray(errors) ? errors : [];
  return isObject(first) ? `${textOf(first.message)}` : `is refused: ${textOf(detail)}`;
}

function refused(url: string): never {
  throw strangerError(url);
}
