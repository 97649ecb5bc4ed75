import type { Answer } from "./call.ts";

/** Machine-readable codes by status, as HighLevel's v3 file shows them. */
const CODES: Readonly<Record<number, string>> = {
  400: "VALIDATION_ERROR",
  404: "RESOURCE_NOT_FOUND",
  422: "VALIDATION_ERROR",
};

/** The error body of v3's lists. A 401 comes from the guard before the list and keeps HighLevel's usual body. */
export function inListStyle(answer: Answer, message: string): Answer {
  const code = CODES[answer.status];
  if (code === undefined) return answer;
  const resolution = "See HighLevel's API documentation.";
  return { ...answer, body: { error: { code, message, details: {}, resolution } } };
}
