import type { Answer } from "./call.ts";

/** The text an answer's body is sent as. */
export function textOfBody(answer: Answer): string {
  if (answer.body === undefined) return "";
  return typeof answer.body === "string" ? answer.body : JSON.stringify(answer.body);
}

/** An answer as a `Response`; `body` sends something else than the answer's own body. */
export function toResponse(
  answer: Answer,
  body: string | ReadableStream<Uint8Array> = textOfBody(answer),
): Response {
  const headers = new Headers({ "content-type": "application/json; charset=utf-8" });
  for (const [name, value] of Object.entries(answer.headers ?? {})) headers.set(name, value);
  const bodiless = body === "" || [204, 205, 304].includes(answer.status);
  return new Response(bodiless ? null : body, { status: answer.status, headers });
}
