import { defined } from "../oauth/defined.ts";
import { isObject, isText } from "../oauth/fields.ts";
import { orUndefined } from "../oauth/or_undefined.ts";

/** Version of the format. A reader knows its own and all older ones. */
const FORMAT = 1;
/** By this an export is known. */
const MAKER = "highlevel-reconnect";

/** What the first line of an export says. */
export interface ExportHeader {
  /** Names this export. */
  readonly id: string;
  /** HighLevel's id of the app whose connections these are. */
  readonly appId: string;
  /** When it was begun, ISO 8601. */
  readonly madeAt: string;
  /** The key that it is sealed under: the first 8 hex digits of the SHA-256 of its bytes. */
  readonly keyId: string;
  /** Whether the side it comes from had stopped refreshing: what it holds is not spent there behind its back. */
  readonly isReadOnly?: boolean;
}

/** What an export holds. */
export interface ExportCounts {
  /** Lines of connections, whatever they hold. */
  readonly records: number;
  /** Those of them that are tombstones: connections that were forgotten. */
  readonly forgotten: number;
  /** Those of them that could not be read where the export was made: they hold nothing. */
  readonly unreadable: number;
}

/** One line of an export, read and not yet opened. */
export type ExportLine =
  | { readonly kind: "header"; readonly header: ExportHeader }
  | { readonly kind: "record"; readonly key: string; readonly sealed: string }
  | { readonly kind: "unreadable"; readonly key: string; readonly reason: string }
  | { readonly kind: "cursor"; readonly cursor: string; readonly problem?: string }
  | { readonly kind: "end"; readonly counts: ExportCounts; readonly digest: string; readonly sealed: string }
  | { readonly kind: "bad"; readonly reason: string };

/** A connection as lines name it: a key of the stores, without the app's id. */
const KEY = /^(location|company)\/[A-Za-z0-9_-]{1,128}$/;

/** The first line. Everything that is sealed is bound to its text. */
export function headerLine(header: ExportHeader): string {
  return JSON.stringify({ export: MAKER, format: FORMAT, ...header });
}

/** The line of one connection. */
export function recordLine(key: string, sealed: string): string {
  return JSON.stringify({ key, sealed });
}

/** The line of a connection whose record could not be read. */
export function unreadableLine(key: string, reason: string): string {
  return JSON.stringify({ key, unreadable: reason });
}

/** A place to go on from: the line that ends each page but the last one. */
export function cursorLine(cursor: string, problem?: string): string {
  return JSON.stringify(defined({ cursor, problem }));
}

/** The last line; `sealed` is the same once more, so that nobody without the key can write one. */
export function endLine(counts: ExportCounts, digest: string, sealed: string): string {
  return JSON.stringify({ end: { ...counts, digest }, sealed });
}

/** What `text`, a line without its line end, is. */
export function parseLine(text: string): ExportLine {
  const value = orUndefined<unknown>(() => JSON.parse(text));
  if (!isObject(value)) return bad("it is no JSON object: it was cut or altered");
  const { key, sealed, unreadable, cursor, problem, end } = value;
  if (value.export !== undefined) return headerIn(value);
  if (isText(cursor)) {
    return defined({ kind: "cursor", cursor, problem: isText(problem) ? problem : undefined });
  }
  if (isObject(end)) {
    const { records, forgotten, unreadable, digest } = end;
    const isWhole = [records, forgotten, unreadable].every(isCount) && isText(digest) && isText(sealed);
    if (!isWhole) return bad("its counts are not whole");
    const counts = { records: Number(records), forgotten: Number(forgotten), unreadable: Number(unreadable) };
    return { kind: "end", counts, digest, sealed };
  }
  if (!isText(key) || !KEY.test(key)) return bad("it names no connection");
  if (isText(sealed)) return { kind: "record", key, sealed };
  if (isText(unreadable)) return { kind: "unreadable", key, reason: unreadable };
  return bad("it holds nothing");
}

function headerIn(value: Readonly<Record<string, unknown>>): ExportLine {
  const { id, appId, madeAt, keyId, format, isReadOnly } = value;
  if (value.export !== MAKER) return bad("it is another program's");
  if (typeof format !== "number" || format > FORMAT) {
    return bad(`it is of format ${format}, and this version reads up to ${FORMAT}: use a newer one`);
  }
  if (!isText(id) || !isText(appId) || !isText(madeAt) || !isText(keyId) || !/^[0-9a-f]{8}$/.test(keyId)) {
    return bad("its header is not whole");
  }
  return {
    kind: "header",
    header: { id, appId, madeAt, keyId, ...isReadOnly === true && { isReadOnly } },
  };
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function bad(reason: string): ExportLine {
  return { kind: "bad", reason };
}
