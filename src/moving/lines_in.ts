/** What an export is read from: a text, bytes, or either as it comes. */
export type ExportSource =
  | string
  | Uint8Array
  | AsyncIterable<Uint8Array | string>
  | ReadableStream<Uint8Array>;

/** No line is longer, characters: a record has a few thousand. */
const MAX_LINE = 1_000_000;

/** The lines of `source`, each without its end, as they come; of one that is too long the beginning. */
export async function* linesIn(source: ExportSource): AsyncGenerator<string, void, undefined> {
  const chunks = typeof source === "string" || source instanceof Uint8Array ? [source] : source;
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of chunks) {
    const parts = (rest + (typeof chunk === "string" ? chunk : decoder.decode(chunk, { stream: true })))
      .split("\n");
    rest = (parts.pop() ?? "").slice(0, MAX_LINE);
    for (const part of parts) yield part.replace(/\r$/, "");
  }
  rest += decoder.decode();
  if (rest !== "") yield rest;
}
