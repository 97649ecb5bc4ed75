import { check, checkText } from "../oauth/check.ts";
import { isObject, isText } from "../oauth/fields.ts";
import { orUndefined } from "../oauth/or_undefined.ts";
import { fromBase64, toBase64 } from "../stores/base64.ts";
import type { StoredRecord } from "../stores/token_store.ts";
import { chainedDigest } from "./chained_digest.ts";
import type { ExportKeys } from "./export_keys.ts";
import {
  cursorLine,
  endLine,
  type ExportCounts,
  type ExportHeader,
  headerLine,
  parseLine,
  recordLine,
  unreadableLine,
} from "./export_line.ts";
import { movedText } from "./moved_record.ts";

/** Where an export is. */
interface WriterState {
  /** The text of its first line. */
  readonly head: string;
  readonly header: ExportHeader;
  /** The digest of all lines of connections so far. */
  digest: string;
  counts: ExportCounts;
  /** Where the list of connections goes on. */
  place: string | undefined;
}

/**
 * Makes the lines of an export, each without its line end. It holds a digest and counts, no lines, and its cursor holds the same: so
 * that an export is made in pages, by one process or another.
 */
export class ExportWriter {
  readonly #keys: ExportKeys;
  readonly #state: WriterState;

  private constructor(keys: ExportKeys, state: WriterState) {
    this.#keys = keys;
    this.#state = state;
  }

  /** A new export of the app `appId`, sealed under the first of `keys`. */
  static begin(
    { appId, keys, isReadOnly = false, now = Date.now }: {
      readonly appId: string;
      readonly keys: ExportKeys;
      readonly isReadOnly?: boolean;
      readonly now?: () => number;
    },
  ): ExportWriter {
    const header: ExportHeader = {
      id: crypto.randomUUID(),
      appId: checkText("appId", appId),
      madeAt: new Date(now()).toISOString(),
      keyId: keys.first,
      ...isReadOnly && { isReadOnly },
    };
    const counts = { records: 0, forgotten: 0, unreadable: 0 };
    return new ExportWriter(keys, { head: headerLine(header), header, digest: "", counts, place: undefined });
  }

  /**
   * The export that `cursor`, of a page of it, goes on with.
   *
   * @throws {TypeError} naming `cursor`, where it is none, another app's, or sealed under a key that is not among `keys`.
   */
  static resume(
    cursor: string,
    { appId, keys }: { readonly appId: string; readonly keys: ExportKeys },
  ): ExportWriter {
    const state = stateIn(cursor);
    check(state !== undefined, "cursor must be that of a page of an export");
    check(state.header.appId === appId, `cursor must be of an export of the app ${appId}`);
    check(
      keys.has(state.header.keyId),
      `cursor is of an export under the key ${state.header.keyId}, which is not among the given keys`,
    );
    return new ExportWriter(keys, state);
  }

  /** The first line. */
  get head(): string {
    return this.#state.head;
  }

  /** Where the list of connections goes on; `undefined` at its beginning. */
  get place(): string | undefined {
    return this.#state.place;
  }

  /** What was exported so far. */
  get counts(): ExportCounts {
    return this.#state.counts;
  }

  /** The line of a connection, whose record is opened. `facts` is what a worker knows besides. */
  async record(
    key: string,
    record: StoredRecord,
    facts?: Readonly<Record<string, unknown>>,
  ): Promise<string> {
    const { head, header, counts } = this.#state;
    const sealed = await this.#keys.seal(header.keyId, head, key, movedText(record, facts));
    const isForgotten = record.summary.status === "forgotten";
    this.#state.counts = { ...counts, forgotten: counts.forgotten + (isForgotten ? 1 : 0) };
    return await this.#count(recordLine(key, sealed));
  }

  /** The line of a connection whose record cannot be read. */
  async unreadable(key: string, reason: string): Promise<string> {
    const { counts } = this.#state;
    this.#state.counts = { ...counts, unreadable: counts.unreadable + 1 };
    return await this.#count(unreadableLine(key, reason));
  }

  /** The line that ends a page: the list goes on at `place`. `problem` is why the page ends early. */
  pause(place: string | undefined, problem?: string): string {
    this.#state.place = place;
    const { head, digest, counts } = this.#state;
    const bytes = new TextEncoder().encode(JSON.stringify([head, digest, counts, place ?? null]));
    const cursor = toBase64(bytes).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
    return cursorLine(cursor, problem);
  }

  /** The last line. */
  async end(): Promise<string> {
    const { head, header, digest, counts } = this.#state;
    const sealed = await this.#keys.seal(header.keyId, head, "end", endText(counts, digest));
    return endLine(counts, digest, sealed);
  }

  async #count(line: string): Promise<string> {
    const { counts } = this.#state;
    this.#state.counts = { ...counts, records: counts.records + 1 };
    this.#state.digest = await chainedDigest(this.#state.digest, line);
    return line;
  }
}

/** What the seal of the last line holds. */
export function endText({ records, forgotten, unreadable }: ExportCounts, digest: string): string {
  return JSON.stringify([records, forgotten, unreadable, digest]);
}

function stateIn(cursor: string): WriterState | undefined {
  const bytes = fromBase64(`${cursor}`.replaceAll("-", "+").replaceAll("_", "/"));
  const value = orUndefined<unknown>(() => JSON.parse(new TextDecoder().decode(bytes)));
  if (!Array.isArray(value)) return undefined;
  const [head, digest, told, place]: unknown[] = value;
  if (!isText(head) || !isText(digest) || !/^([0-9a-f]{64})?$/.test(digest) || !isObject(told)) {
    return undefined;
  }
  const first = parseLine(head);
  const end = parseLine(JSON.stringify({ end: { ...told, digest }, sealed: "" }));
  if (first.kind !== "header" || end.kind !== "end") return undefined;
  return { head, header: first.header, digest, counts: end.counts, place: isText(place) ? place : undefined };
}
