/** Rejects as a real `fetch` does when the connection breaks: with a `TypeError`. */
export class ConnectionBroken extends TypeError {
  /** Breaks with the words a runtime might use. */
  constructor(how: string) {
    super(`error sending request: ${how}`);
    this.name = "TypeError";
  }
}

/** A body that says some text and then breaks; over a socket this is a real reset. */
export function brokenBody(text: string): ReadableStream<Uint8Array> {
  const parts = text === "" ? [] : [new TextEncoder().encode(text)];
  return new ReadableStream({
    pull(controller) {
      const part = parts.shift();
      if (part === undefined) controller.error(new ConnectionBroken("connection reset"));
      else controller.enqueue(part);
    },
  }, { highWaterMark: 0 });
}

/** A text that comes in pieces of 16 characters, with a pause before each. */
export function drip(text: string, pause: () => Promise<void>): ReadableStream<Uint8Array> {
  const bytes = new TextEncoder().encode(text);
  let sent = 0;
  return new ReadableStream({
    async pull(controller) {
      await pause();
      controller.enqueue(bytes.slice(sent, sent + 16));
      sent += 16;
      if (sent >= bytes.length) controller.close();
    },
  }, { highWaterMark: 0 });
}

/** A value whose strings have become numbers, numbers strings, lists objects. */
export function wronglyTyped(value: unknown): unknown {
  if (typeof value === "string") return value.length;
  if (typeof value === "number") return String(value);
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (Array.isArray(value)) return { ...value };
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, wronglyTyped(inner)]));
}

/** The JSON of a body in which every member stands twice, a decoy first and the true one last. */
export function duplicated(body: unknown): string {
  if (typeof body !== "object" || body === null) return JSON.stringify(body) ?? "";
  const members = Object.entries(JSON.parse(JSON.stringify(body))).flatMap(([name, value]) => {
    const decoy = typeof value === "string" ? `"decoy"` : typeof value === "number" ? "1" : "null";
    return [`${JSON.stringify(name)}:${decoy}`, `${JSON.stringify(name)}:${JSON.stringify(value)}`];
  });
  return `{${members.join(",")}}`;
}
