import { isObject } from "../../oauth/fields.ts";
import { HighLevelError } from "../../oauth/highlevel_error.ts";
import { linesOf } from "../files/input.ts";
import { problemOf, type WorkerAddress } from "./worker_api.ts";

/** A server-sent event whose data is a JSON object. */
export interface WorkerEvent {
  /** Its name. */
  readonly event: string;
  /** Its data. */
  readonly data: Readonly<Record<string, unknown>>;
}

/** Times in a row that a stream may break without an event in between. */
const MOST_BREAKS = 5;

/**
 * Follows a stream of events; one that breaks is taken up where it broke. Ends when the caller leaves or `signal` is
 * aborted.
 *
 * @throws {HighLevelError} when the worker refuses, or cannot be reached again and again.
 */
export async function* eventsOf(
  worker: WorkerAddress,
  path: string,
  signal: AbortSignal,
): AsyncGenerator<WorkerEvent, void, undefined> {
  let lastId = "";
  for (let breaks = 0; breaks < MOST_BREAKS; breaks++) {
    try {
      for await (const { id, ...event } of streamOf(worker, path, lastId, signal)) {
        if (id) lastId = id;
        breaks = 0;
        yield event;
      }
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof HighLevelError) throw error;
    }
    if (signal.aborted) return;
    await new Promise((resolve) => setTimeout(resolve, 250 * 2 ** breaks));
  }
  throw new HighLevelError("network", `The worker at ${worker.url} does not tell how the job goes on.`);
}

async function* streamOf(
  { url, key }: WorkerAddress,
  path: string,
  lastId: string,
  signal: AbortSignal,
): AsyncGenerator<WorkerEvent & { readonly id: string }, void, undefined> {
  const response = await fetch(url.replace(/\/+$/, "") + path, {
    headers: {
      Accept: "text/event-stream",
      Authorization: `Bearer ${key}`,
      ...(lastId && { "Last-Event-ID": lastId }),
    },
    redirect: "manual",
    signal,
  });
  if (!response.ok || !response.body) {
    const body = objectIn(await response.text()) ?? {};
    if (response.status >= 500) return;
    throw problemOf(response.status, body);
  }
  let [event, id, data] = ["message", "", ""];
  for await (const { text } of linesOf(response.body)) {
    if (text === "") {
      const value = objectIn(data);
      if (value) yield { event, id, data: value };
      [event, id, data] = ["message", "", ""];
      continue;
    }
    const [, name, value = ""] = /^([a-z]+): ?(.*)$/.exec(text) ?? [];
    if (name === "event") event = value;
    else if (name === "id") id = value;
    else if (name === "data") data += value;
  }
}

function objectIn(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined; // a remark, or half an event
  }
}
