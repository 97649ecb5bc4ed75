import { defined } from "../../oauth/host.ts";
import type { ExportWriter } from "../../moving/host.ts";
import { type KeyList, rowKeyOf } from "../directory/known_keys.ts";
import { ProblemError } from "../http/problem.ts";
import type { ReconnectApp } from "../reconnect_app.ts";
import { eachKey } from "./each_key.ts";

/** Connections of one page at most: each is one call of an object, and Cloudflare allows 1,000 to a request. */
export const PAGE_KEYS = 400;
/** While the directory is built, a caller comes again after this, seconds. */
const BUILDING_PAUSE_SECONDS = 30;

/**
 * The keys of a page that begins after `place`.
 *
 * @throws {ProblemError} 503 while the directory does not know all of them.
 */
export async function pageKeys(
  app: ReconnectApp,
  place: string | undefined,
  limit: number = PAGE_KEYS,
): Promise<KeyList> {
  const after = place === undefined ? undefined : rowKeyOf(place);
  const page = await app.directory().keys(defined({ after, limit }));
  if (page.isComplete) return page;
  throw new ProblemError({
    status: 503,
    code: "not_ready",
    detail: "The directory is being built anew, and does not know all connections yet.",
    retryAfterSeconds: BUILDING_PAUSE_SECONDS,
  });
}

/**
 * The lines of one page of an export. What stands in them is what the connections' objects hold: KV may lag. Where one of them cannot
 * be asked the page ends before it, so that nothing is passed over.
 */
export async function* exportPage(
  app: ReconnectApp,
  writer: ExportWriter,
  { keys, isMore }: KeyList,
): AsyncGenerator<string, void, undefined> {
  if (writer.place === undefined) yield writer.head;
  let { place } = writer;
  for await (const asked of eachKey(app, keys, (connection) => connection.exported())) {
    const name = `${asked.key.kind}/${asked.key.id}`;
    if (asked.ok) {
      if (asked.held) yield await writer.record(name, asked.held.record, { ...asked.held.facts });
    } else if (asked.error.reason === "unreadable") yield await writer.unreadable(name, asked.error.message);
    else return yield writer.pause(place, `${name} cannot be asked: ${asked.error.message}`);
    place = name;
  }
  yield isMore ? writer.pause(place) : await writer.end();
}

/** `lines` as a stream that makes each when it is read. */
export function streamOf(lines: AsyncGenerator<string, void, undefined>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream({
    pull: async (controller) => {
      const { value, done } = await lines.next();
      if (done) controller.close();
      else controller.enqueue(encoder.encode(`${value}\n`));
    },
    cancel: async () => void await lines.return(),
  });
}
