import type { Call } from "./call.ts";
import { Refusal } from "./refusal.ts";

/** The media type of a request, without its parameters. */
function mediaType(call: Call): string {
  return (call.headers.get("content-type") ?? "").split(";", 1).join("").trim().toLowerCase();
}

/** Reads a form body as the token endpoint does; a field given twice is refused. */
export function readForm(call: Call): Map<string, string> {
  if (mediaType(call) !== "application/x-www-form-urlencoded") {
    throw new Refusal(400, "Invalid request: content must be application/x-www-form-urlencoded");
  }
  const fields = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(call.body)) {
    if (fields.has(name)) throw new Refusal(400, `Invalid parameter: \`${name}\``);
    fields.set(name, value);
  }
  return fields;
}

/** A form field that must be there and not be empty. */
export function required(form: Map<string, string>, name: string): string {
  const value = form.get(name);
  if (value === undefined || value === "") throw new Refusal(400, `Missing parameter: \`${name}\``);
  return value;
}

/** Reads a JSON object. */
export function readJson(call: Call): Record<string, unknown> {
  if (mediaType(call) !== "application/json") {
    throw new Refusal(415, "Unsupported Media Type: content must be application/json");
  }
  const value = parse(call.body);
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new Refusal(400, "Body must be a JSON object", { error: "Bad Request" });
  }
  return { ...value };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Refusal(400, "Body is not valid JSON", { error: "Bad Request" });
  }
}
