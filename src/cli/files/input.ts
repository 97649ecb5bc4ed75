import { type FileHandle, open, stat } from "node:fs/promises";
import process from "node:process";
import { reasonOf } from "../settings.ts";
import { UsageError } from "../usage_error.ts";
import type { Words } from "../words/words.ts";

/**
 * The bytes of a file, or of stdin where `path` is `-`.
 *
 * @throws {UsageError} when it cannot be read.
 */
export async function openInput(path: string): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> {
  if (path === "-") return streamOf(process.stdin[Symbol.asyncIterator]());
  try {
    const file = await open(path);
    if (!(await file.stat()).isDirectory()) return streamOf(chunksOf(file));
    await file.close();
  } catch (error) {
    throw new UsageError(({ usage }) => usage.unreadable(path, reasonOf(error)));
  }
  throw new UsageError(({ usage }) => usage.folder(path));
}

/** So many bytes are read at once. */
const CHUNK_BYTES = 65_536;

async function* chunksOf(file: FileHandle): AsyncGenerator<Uint8Array<ArrayBuffer>, void, undefined> {
  try {
    for (;;) {
      const chunk = new Uint8Array(CHUNK_BYTES);
      const { bytesRead } = await file.read(chunk, 0, CHUNK_BYTES, null);
      if (bytesRead === 0) return;
      yield chunk.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}

/** `chunks` as a stream: not every runtime has `ReadableStream.from`. */
function streamOf(chunks: AsyncIterator<Uint8Array<ArrayBuffer>>): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await chunks.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    async cancel() {
      await chunks.return?.();
    },
  });
}

/**
 * Whether a second pass over `path` finds the same again.
 *
 * @throws {UsageError} when there is nothing to read.
 */
export async function isRepeatable(path: string): Promise<boolean> {
  if (path === "-") return false;
  const found = await stat(path).catch((error: unknown) => {
    throw new UsageError(({ usage }) => usage.unreadable(path, reasonOf(error)));
  });
  if (found.isDirectory()) throw new UsageError(({ usage }) => usage.folder(path));
  return found.isFile();
}

/** The lines of a text as it comes, each with its number from 1; without line ends and byte order mark. */
export async function* linesOf(
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<{ readonly line: number; readonly text: string }, void, undefined> {
  const decoder = new TextDecoder();
  let rest = "";
  let line = 0;
  for await (const chunk of chunks) {
    const parts = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = parts.pop() ?? "";
    for (const part of parts) yield { line: ++line, text: part.replace(/\r$/, "") };
  }
  rest += decoder.decode();
  if (rest) yield { line: ++line, text: rest };
}

/** A path in words. */
export function shownPath(path: string | undefined, words: Words): string {
  return path === undefined || path === "-" ? words.file.stdin : path;
}
