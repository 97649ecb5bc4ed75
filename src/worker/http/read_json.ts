import { ProblemError } from "./problem.ts";

/** The bytes of a body, at most `maxBytes`; more is a 413. */
export async function readBytes(request: Request, maxBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  const tooLarge = (): Error =>
    new ProblemError({
      status: 413,
      code: "content_too_large",
      detail: `The body may have ${maxBytes} bytes at most.`,
    });
  if (Number(request.headers.get("content-length") ?? 0) > maxBytes) throw tooLarge();
  const chunks: Uint8Array[] = [];
  let length = 0;
  const reader = request.body?.getReader();
  for (let next = await reader?.read(); next && !next.done; next = await reader?.read()) {
    length += next.value.byteLength;
    if (length > maxBytes) {
      await reader?.cancel();
      throw tooLarge();
    }
    chunks.push(next.value);
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.byteLength;
  }
  return bytes;
}

/** The JSON of a body, at most `maxBytes`; 415, 413 or 400 where it is none. */
export async function readJson(request: Request, maxBytes: number): Promise<unknown> {
  const type = request.headers.get("content-type")?.split(";", 1)[0]?.trim().toLowerCase();
  if (type !== "application/json") {
    throw new ProblemError({
      status: 415,
      code: "unsupported_media_type",
      detail: "Send JSON: Content-Type: application/json.",
    });
  }
  const text = new TextDecoder().decode(await readBytes(request, maxBytes));
  try {
    return JSON.parse(text);
  } catch {
    throw new ProblemError({ status: 400, code: "invalid_input", detail: "The body is not JSON." });
  }
}
