import { closeSync, openSync, readSync, statSync, writeSync } from "node:fs";

/** The streams of every process, by their file descriptors. */
export const STDOUT = 1;
export const STDERR = 2;

/** How long a full pipe is left to its reader before the next try, ms. */
const FULL_PIPE_MS = 5;

/** Writes all of `text`, as UTF-8, to the open file or pipe `descriptor`, however long its reader takes. */
export function writeWhole(descriptor: number, text: string): void {
  let bytes = new TextEncoder().encode(text);
  while (bytes.length > 0) {
    try {
      bytes = bytes.subarray(writeSync(descriptor, bytes));
    } catch (error) {
      if (codeOf(error) !== "EAGAIN") throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, FULL_PIPE_MS);
    }
  }
}

/** Whether `path` is a file with something in it that begins otherwise than `start`: what it is, is lost when it is written over. */
export function isOtherFile(path: string, start: string): boolean {
  if (!statSync(path, { throwIfNoEntry: false })?.isFile()) return false;
  const wanted = new TextEncoder().encode(start);
  const bytes = new Uint8Array(wanted.length);
  const file = openSync(path, "r");
  try {
    return readSync(file, bytes, 0, bytes.length, 0) > 0 && bytes.some((byte, at) => byte !== wanted[at]);
  } finally {
    closeSync(file);
  }
}

/** The system's code for what went wrong, such as `ENOENT`; `undefined` where there is none. */
export function codeOf(error: unknown): string | undefined {
  const code: unknown = error instanceof Error ? Reflect.get(error, "code") : undefined;
  return typeof code === "string" ? code : undefined;
}
