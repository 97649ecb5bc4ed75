import { createReadStream } from "node:fs";
import { open, stat } from "node:fs/promises";
import process from "node:process";
import type { Words } from "../words/words.ts";
import { reasonOf } from "../settings.ts";
import { UsageError } from "../usage_error.ts";

/**
 * The bytes of a file, or of stdin where `path` is `-`.
 *
 * @throws {UsageError} when it cannot be read.
 */
export async function openInput(path: string): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> {
  if (path === "-") return streamOf(process.stdin);
  try {
    const file = await open(path);
    const isFolder = (await file.stat()).isDirectory();
    await file.close();
    if (!isFolder) return streamOf(createReadStream(path));
  } catch (error) {
    throw new UsageError(({ usage }) => usage.unreadable(path, reasonOf(error)));
  }
  throw new UsageError(({ usage }) => usage.folder(path));
}

/** The chunks of a stream of Node's, whose own conversion would hand out parts of shared buffers. */
function streamOf(source: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array<ArrayBuffer>> {
  const chunks = source[Symbol.asyncIterator]();
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await chunks.next();
      if (done) controller.close();
      else controller.enqueue(new Uint8Array(value));
    },
    cancel: async () => void await chunks.return?.(),
  });
}

/** Whether a second pass over `path` finds the same again. */
export async function isRepeatable(path: string): Promise<boolean> {
  return path !== "-" && (await stat(path).catch(() => undefined))?.isFile() === true;
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
