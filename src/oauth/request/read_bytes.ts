/** A body larger than this is refused by default, bytes. */
const MAX_BYTES = 1_048_576;

/**
 * The body of a request or an answer, read whole; `undefined` where it is larger than `maxBytes` (1 MiB). It is cancelled where it is too
 * large, or when `signal` tells that nobody waits for it any more.
 */
export async function readBytes(
  { body }: { readonly body: ReadableStream<Uint8Array<ArrayBuffer>> | null },
  signal?: AbortSignal,
  maxBytes: number = MAX_BYTES,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const reader = body?.getReader();
  // Given up already: how the cancelled stream ends says nothing more.
  const stop = (): undefined => {
    reader?.cancel().catch(() => {});
  };
  if (signal?.aborted) stop();
  signal?.addEventListener("abort", stop);
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  for (let part = await reader?.read(); part?.value; part = await reader?.read()) {
    chunks.push(part.value);
    size += part.value.length;
    if (size > maxBytes) return stop();
  }
  const whole = new Uint8Array(size);
  for (const chunk of chunks.reverse()) whole.set(chunk, size -= chunk.length);
  return whole;
}
