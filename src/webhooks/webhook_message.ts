import { check, given } from "../oauth/check.ts";
import { isObject, isText } from "../oauth/fields.ts";
import { HighLevelError } from "../oauth/highlevel_error.ts";
import { readBytes } from "../oauth/request/read_bytes.ts";

/** A body larger than this is refused, bytes. */
const MAX_BYTES = 1_048_576;

/** A webhook as Node's frameworks have it: `req` of Express with `express.raw({ type: "application/json" })`. */
export interface WebhookMessage {
  /** The request's headers, in any case. */
  readonly headers: Headers | Readonly<Record<string, string | readonly string[] | undefined>>;
  /** The raw body, as it came: what a framework has parsed cannot be checked. */
  readonly body: Uint8Array | ArrayBuffer | string;
}

/** The header `name` (lower case), empty where there is none. */
export function headerOf(request: Request | WebhookMessage, name: string): string {
  const { headers } = given<Request | WebhookMessage>(request);
  check(isObject(headers), "request must be a Request, or have headers and the raw body");
  if (headers instanceof Headers) return headers.get(name) ?? "";
  const found = Object.entries(headers).find(([given]) => given.toLowerCase() === name)?.[1];
  return `${[found].flat()[0] ?? ""}`;
}

/** The raw body, of 1 MiB at most. */
export async function bytesOf(request: Request | WebhookMessage): Promise<Uint8Array<ArrayBuffer>> {
  if (request instanceof Request) {
    check(!request.bodyUsed, "request must be verified before anything reads it");
    return await readBytes(request) ?? tooLarge();
  }
  const { body } = request;
  const bytes = isText(body)
    ? new TextEncoder().encode(body)
    : body instanceof ArrayBuffer
    ? new Uint8Array(body)
    : body;
  check(bytes instanceof Uint8Array, "body must be the raw bytes or text, not what a framework has parsed");
  // A copy: Node's `Buffer` may lie in shared memory, as far as its type knows, and WebCrypto takes none.
  return bytes.length > MAX_BYTES ? tooLarge() : new Uint8Array(bytes);
}

/** The error that refuses a webhook: what is wrong, and nothing of the body. */
export function refusal(why: string): HighLevelError {
  return new HighLevelError("invalid_webhook", `The webhook ${why}.`);
}

function tooLarge(): never {
  throw refusal("is larger than 1 MiB");
}
