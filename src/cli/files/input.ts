import { reasonOf } from "../settings.ts";
import { UsageError } from "../usage_error.ts";

/**
 * The bytes of a file, or of stdin where `path` is `-`.
 *
 * @throws {UsageError} when it cannot be read.
 */
export async function openInput(path: string): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> {
  if (path === "-") return Deno.stdin.readable;
  try {
    const file = await Deno.open(path);
    if (!(await file.stat()).isDirectory) return file.readable;
    file.close();
  } catch (error) {
    throw new UsageError(`${path} cannot be read: ${reasonOf(error)}`);
  }
  throw new UsageError(`${path} cannot be read: it is a folder`);
}

/** Whether a second pass over `path` finds the same again. */
export async function isRepeatable(path: string): Promise<boolean> {
  return path !== "-" && (await Deno.stat(path).catch(() => undefined))?.isFile === true;
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
export function shownPath(path = "-"): string {
  return path === "-" ? "stdin" : path;
}
