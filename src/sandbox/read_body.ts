import type { Call } from "./call.ts";
import { invalidParameter, Refusal } from "./refusal.ts";

const FORM = "application/x-www-form-urlencoded";
const JSON_TYPE = "application/json";

/** The media type of a request, without its parameters. */
function mediaType(call: Call): string {
  return (call.headers.get("content-type") ?? "").split(";", 1).join("").trim().toLowerCase();
}

/** Reads a form body; a field given twice is refused. */
export function readForm(call: Call): Map<string, string> {
  if (mediaType(call) !== FORM) throw new Refusal(400, `Invalid request: content must be ${FORM}`);
  const fields = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(call.body)) {
    if (fields.has(name)) throw invalidParameter(name);
    fields.set(name, value);
  }
  return fields;
}

/** Reads a form or a JSON object of texts, as the token endpoint takes both. */
export function readFields(call: Call): Map<string, string> {
  if (mediaType(call) !== JSON_TYPE) return readForm(call);
  const fields = new Map<string, string>();
  for (const [name, value] of Object.entries(readJson(call))) {
    if (typeof value !== "string") throw invalidParameter(name);
    fields.set(name, value);
  }
  return fields;
}

/** A field that must be there and not be empty. */
export function required(fields: Map<string, string>, name: string): string {
  const value = fields.get(name);
  if (value === undefined || value === "") throw new Refusal(400, `Missing parameter: \`${name}\``);
  return value;
}

/** Reads a JSON object. */
export function readJson(call: Call): Record<string, unknown> {
  if (mediaType(call) !== JSON_TYPE) {
    throw new Refusal(415, `Unsupported Media Type: content must be ${JSON_TYPE}`);
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
