import { isObject } from "../oauth/fields.ts";
import { isCoded } from "../oauth/highlevel_error.ts";
import { orUndefined } from "../oauth/or_undefined.ts";
import { LONGEST_WAIT_MS, orAborted } from "../oauth/request/retry.ts";
import { initOf, rawAnswer } from "./ask_worker.ts";
import type { WorkerHost } from "./options.ts";
import { problemOf } from "./problem_of.ts";
import { WorkerError } from "./worker_error.ts";

/** A server-sent event whose data is a JSON object. */
export interface StreamedEvent {
  /** Its name. */
  readonly event: string;
  /** Its data. */
  readonly data: Readonly<Record<string, unknown>>;
}

/** Times in a row that a stream may break without news in between: with the pauses some 90 s, longer than a deploy takes. */
const MOST_BREAKS = 14;
/** A stream that told something and lasted this long, ms, is no break though it ends without news: a job may wait for hours. */
const LASTING_MS = 5_000;
/** The first pause, ms; each is twice as long as the one before, 10 s at most. */
const FIRST_PAUSE_MS = 250;
/** A worker without news says so every 15 s: a stream that is silent for longer than this is dead, ms. */
const LONGEST_SILENCE_MS = 45_000;
/** No line is longer, characters. */
const LONGEST_LINE = 1_000_000;

/**
 * Follows a stream of events; one that breaks, falls silent or meets a restart is taken up where it broke. Ends when the caller leaves
 * or `signal` is aborted. `silenceMs`: how long a stream may be silent.
 *
 * @throws {WorkerError} when the worker refuses, cannot be reached, or ends its stream at once without news, again and again.
 */
export async function* eventsOf(
  host: WorkerHost,
  path: string,
  signal: AbortSignal | undefined,
  silenceMs: number = LONGEST_SILENCE_MS,
): AsyncGenerator<StreamedEvent, void, undefined> {
  let lastId = "";
  let ends: string[] = [];
  for (let breaks = 0; breaks < MOST_BREAKS; breaks++) {
    let pauseMs = Math.min(LONGEST_WAIT_MS, FIRST_PAUSE_MS * 2 ** breaks);
    let leastMs = 0;
    let beganAt = 0;
    let told = "";
    try {
      for await (const { id, ...event } of streamOf(host, path, { lastId, signal, silenceMs })) {
        if (id) lastId = id;
        const toldAt = host.now();
        if (told === "") beganAt = toldAt;
        told = JSON.stringify([id, event]);
        yield event;
        beganAt += host.now() - toldAt; // while the reader is busy the stream does not last
      }
    } catch (error) {
      if (signal?.aborted) return;
      const mayPass = isCoded(error, "network", "unavailable", "rate_limited", "store_failed");
      const { retryAfterMs = 0 } = mayPass ? error : {};
      if (!mayPass || retryAfterMs > LONGEST_WAIT_MS * 6) throw error;
      leastMs = retryAfterMs;
    }
    // Each stream begins with where the job stands: one with news ends elsewhere than the last ten.
    if (told && (!ends.includes(told) || host.now() - beganAt >= LASTING_MS)) {
      [breaks, pauseMs, ends] = [0, FIRST_PAUSE_MS, [...ends.slice(-9), told]];
    }
    if (signal?.aborted) return;
    const isAborted = await host.sleep(Math.max(pauseMs, leastMs), signal).then(() => false, () => true);
    if (isAborted) return;
  }
  throw new WorkerError("network", `The worker at ${host.url} does not tell how the job goes on.`);
}

async function* streamOf(
  host: WorkerHost,
  path: string,
  { lastId, signal, silenceMs }: {
    readonly lastId: string;
    readonly signal: AbortSignal | undefined;
    readonly silenceMs: number;
  },
): AsyncGenerator<StreamedEvent & { readonly id: string }, void, undefined> {
  const { url, key, now } = host;
  const headers = { Accept: "text/event-stream", ...lastId && { "Last-Event-ID": lastId } };
  const ended = new AbortController();
  const broken = (): WorkerError =>
    new WorkerError("network", `The stream of the worker at ${url} broke off.`);
  let timer: ReturnType<typeof setTimeout> | undefined;
  /** What `work` gives before the stream has been silent for too long, or the caller has enough. */
  const alive = async <T>(work: Promise<T>): Promise<T> => {
    clearTimeout(timer);
    timer = setTimeout(() => ended.abort(broken()), silenceMs);
    // While the reader is busy nobody listens: that is no silence.
    return await orAborted(orAborted(work, ended.signal), signal).finally(() => clearTimeout(timer));
  };
  let reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  try {
    const sent = host.fetch(url + path, { ...initOf(key, { headers }), signal: ended.signal });
    const response = await alive(sent);
    if (!response.ok || !response.body) {
      throw problemOf(await alive(rawAnswer(response, ended.signal)), { url, key }, now());
    }
    reader = response.body.getReader();
    const decoder = new TextDecoder();
    const lines = new EventLines();
    for (;;) {
      const { done, value } = await alive(reader.read());
      if (done) return;
      yield* lines.take(decoder.decode(value, { stream: true }));
    }
  } catch (error) {
    throw error instanceof WorkerError || signal?.aborted ? error : broken();
  } finally {
    clearTimeout(timer);
    ended.abort();
    reader?.cancel().catch(() => {});
  }
}

/** Makes events of a stream's text as it comes. Source: the HTML standard, "Server-sent events". */
export class EventLines {
  #rest = "";
  #event = "message";
  #id = "";
  #data = "";

  /** The events that `text` completes. */
  *take(text: string): Generator<StreamedEvent & { readonly id: string }, void, undefined> {
    const lines = (this.#rest + text).split("\n");
    this.#rest = (lines.pop() ?? "").slice(0, LONGEST_LINE);
    for (const line of lines) {
      const [, name, value = ""] = /^([a-z]+):? ?([^\r]*)\r?$/.exec(line) ?? [];
      if (name === "event") this.#event = value;
      else if (name === "id") this.#id = value;
      else if (name === "data") this.#data += value;
      else if (line === "" || line === "\r") {
        const data = orUndefined<unknown>(() => JSON.parse(this.#data));
        if (isObject(data)) yield { event: this.#event, id: this.#id, data };
        [this.#event, this.#id, this.#data] = ["message", "", ""];
      }
    }
  }
}
