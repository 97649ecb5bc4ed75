/** Which test files run side by side, in which order, and with which permissions: what takes longest begins first. */

/** Folders that run without permissions. */
const SEALED_OFF = [
  "tests/oauth",
  "tests/connections",
  "tests/exhaustive",
  "tests/stores",
  "tests/webhooks",
  "tests/sandbox",
  "tests/moving",
];
/** What in them starts processes or servers, or opens files: by the file's name, or its folder's. */
const OPEN = /[_/](lock|process|processes|file|planted_faults)_test\.ts$|^tests\/stores\/(sql|redis)\//;
/** Measures: runs with nothing beside it. */
const ALONE = /\/(load|hundred_thousand)_test\.ts$/;
/** Waits nearly all its time, for real pauses of queues and alarms: takes no core from others. */
const WAITING =
  /\/(worker_matrix|restart|trouble|overtaken|hostile_receivers|control|reconnect_gone|wrangler_dev)_test\.ts$/;

/** What nobody has measured yet may take so long, seconds: it begins early. */
const UNKNOWN_SECONDS = 8;
/** So much shares one process, at most. */
const PROCESS_SECONDS = 10;
const PROCESS_FILES = 12;

/** One `deno test`. */
export interface Batch {
  /** What it is called in what is printed. */
  readonly name: string;
  readonly args: readonly string[];
  /** How long it may take. */
  readonly seconds: number;
}

/** What runs when; the longest first. */
export interface TestQueue {
  /** One after another beside the others, from the beginning. */
  readonly waiting: readonly Batch[];
  /** A few side by side. */
  readonly others: readonly Batch[];
  /** One after another, once all the rest has ended. */
  readonly alone: readonly Batch[];
}

/** Puts `files` in order by how long they took the last time that somebody measured, in seconds. */
export function testQueue(files: readonly string[], measured: Readonly<Record<string, number>>): TestQueue {
  const secondsOf = (file: string): number => measured[file] ?? UNKNOWN_SECONDS;
  const sorted = files.toSorted((one, other) => secondsOf(other) - secondsOf(one) || (one < other ? -1 : 1) // the order of a folder is nobody's promise
  );
  const alone = sorted.filter((file) => ALONE.test(file));
  const waiting = sorted.filter((file) => WAITING.test(file));
  const others = sorted.filter((file) => !ALONE.test(file) && !WAITING.test(file));
  const batchOf = (files: readonly string[]): Batch => ({
    name: files.join(" "),
    // Types are the business of `deno task check`, which has seen these files.
    args: ["--no-check", isSealedOff(files[0] ?? "") ? "--no-prompt" : "-A", ...files],
    seconds: files.reduce((sum, file) => sum + secondsOf(file), 0),
  });
  const shared = [others.filter((file) => !isSealedOff(file)), others.filter(isSealedOff)];
  return {
    waiting: waiting.map((file) => batchOf([file])),
    others: shared.flatMap((files) => processes(files, secondsOf).map(batchOf))
      .toSorted((one, other) => other.seconds - one.seconds),
    alone: alone.map((file) => batchOf([file])),
  };
}

function isSealedOff(file: string): boolean {
  return SEALED_OFF.some((folder) => file.startsWith(`${folder}/`)) && !OPEN.test(file);
}

/** Those that share a process: in their order, until it has enough to do. */
function processes(files: readonly string[], secondsOf: (file: string) => number): string[][] {
  const all: string[][] = [];
  let seconds = 0;
  for (const file of files) {
    const last = all.at(-1);
    seconds += secondsOf(file);
    if (last && last.length < PROCESS_FILES && seconds <= PROCESS_SECONDS) last.push(file);
    else {
      all.push([file]);
      seconds = secondsOf(file);
    }
  }
  return all;
}
