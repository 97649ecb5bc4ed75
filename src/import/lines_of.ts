/** How the bytes of a file spell text. `latin-1` is read as Windows-1252, as browsers do. */
export type Encoding = "utf-8" | "utf-16le" | "utf-16be" | "latin-1";

/** Where a file's bytes or text come from. Chunks of text are taken as they are. */
export type ImportSource =
  | AsyncIterable<Uint8Array | string>
  | Iterable<Uint8Array | string>
  | Uint8Array
  | string;

/** One line of a file, without its line end. */
export interface Line {
  /** Counts from 1. */
  readonly line: number;
  /** Its text. */
  readonly text: string;
}

/** Bytes looked at to tell UTF-16 without a mark. */
const SAMPLE = 512;
const LINE_FEED = 10;

/**
 * The lines of `source`, one at a time: at most a chunk and a line are held. Line ends are LF, CR LF or CR.
 *
 * UTF-16 is known by its mark, or by the zeros between its letters. Other bytes are UTF-8; a line that is no UTF-8 is
 * Latin-1, by itself, because a file that was put together from two systems has both.
 *
 * @param onEncoding told each encoding at its first use.
 */
export async function* linesOf(
  source: ImportSource,
  onEncoding: (encoding: Encoding) => void = () => {},
): AsyncGenerator<Line, void, undefined> {
  let line = 0;
  let rest: string[] = []; // of a line that may go on
  for await (const text of textOf(source, onEncoding)) {
    const isHalfEnd = rest.at(-1)?.endsWith("\r") === true;
    rest.push(text);
    if (!isHalfEnd && !/[\r\n]/.test(text)) continue;
    const parts = rest.join("").split(/\r\n|\n|\r(?!$)/); // a CR at the end may be half a line end
    rest = parts.splice(-1);
    for (const part of parts) yield { line: ++line, text: part };
  }
  const last = rest.join("").replace(/\r$/, "");
  if (last !== "") yield { line: ++line, text: last };
}

/** The text of `source`, in pieces of some lines each, without a byte order mark. */
async function* textOf(
  source: ImportSource,
  onEncoding: (encoding: Encoding) => void,
): AsyncGenerator<string, void, undefined> {
  const told = new Set<Encoding>();
  const tell = (encoding: Encoding): void => {
    if (!told.has(encoding)) onEncoding(encoding);
    told.add(encoding);
  };
  let isFirst = true;
  let decode: Decoder | undefined;
  let held: Uint8Array = new Uint8Array();
  const unmarked = (text: string): string => {
    const whole = isFirst ? text.replace(/^\uFEFF/, "") : text;
    if (text !== "") isFirst = false;
    return whole;
  };
  for await (const chunk of chunksOf(source)) {
    held = held.length === 0 ? chunk : joined(held, chunk);
    if (!decode && held.length < SAMPLE) continue;
    decode ??= decoderFor(held, tell);
    yield unmarked(decode(held, false));
    held = new Uint8Array();
  }
  decode ??= decoderFor(held, tell);
  yield unmarked(decode(held, true));
}

/** The chunks of `source` as bytes: a text or an array of bytes is one chunk, not many letters or numbers. */
async function* chunksOf(source: ImportSource): AsyncGenerator<Uint8Array, void, undefined> {
  const encoder = new TextEncoder();
  const chunks = typeof source === "string" || source instanceof Uint8Array ? [source] : source;
  for await (const chunk of chunks) yield typeof chunk === "string" ? encoder.encode(chunk) : chunk;
}

/** Decodes chunk after chunk; keeps what is not whole yet. */
type Decoder = (bytes: Uint8Array, isLast: boolean) => string;

function decoderFor(sample: Uint8Array, tell: (encoding: Encoding) => void): Decoder {
  const wide = wideEncodingOf(sample.subarray(0, SAMPLE));
  if (!wide) return narrowDecoder(tell);
  tell(wide);
  const decoder = new TextDecoder(wide);
  return (bytes, isLast) => decoder.decode(bytes, { stream: !isLast });
}

/** UTF-16's byte order by its mark, or by which half of its letters is zero. */
function wideEncodingOf(sample: Uint8Array): "utf-16le" | "utf-16be" | undefined {
  const [first, second] = sample;
  if (first === 0xFF && second === 0xFE) return "utf-16le";
  if (first === 0xFE && second === 0xFF) return "utf-16be";
  const zeros = [0, 0];
  for (const [index, byte] of sample.entries()) {
    if (byte === 0) zeros[index % 2] = (zeros[index % 2] ?? 0) + 1;
  }
  const [even = 0, odd = 0] = zeros;
  const enough = sample.length / 5; // of letters that are mostly ASCII nearly half the bytes are zero
  if (odd > enough && even === 0) return "utf-16le";
  return even > enough && odd === 0 ? "utf-16be" : undefined;
}

/** Decodes whole lines: UTF-8, and Latin-1 where a line is no UTF-8. */
function narrowDecoder(tell: (encoding: Encoding) => void): Decoder {
  const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  const latin1 = new TextDecoder("windows-1252");
  const lineOf = (bytes: Uint8Array): string => {
    try {
      return utf8.decode(bytes);
    } catch {
      tell("latin-1");
      return latin1.decode(bytes);
    }
  };
  let parts: Uint8Array[] = [];
  return (bytes, isLast) => {
    const end = isLast ? bytes.length : bytes.lastIndexOf(LINE_FEED) + 1;
    if (end === 0 && !isLast) {
      parts.push(bytes);
      return "";
    }
    tell("utf-8");
    const whole = joined(...parts, bytes.subarray(0, end));
    parts = end < bytes.length ? [bytes.subarray(end)] : [];
    try {
      return utf8.decode(whole);
    } catch {
      return linesIn(whole).map(lineOf).join("");
    }
  };
}

function linesIn(bytes: Uint8Array): Uint8Array[] {
  const lines: Uint8Array[] = [];
  for (let start = 0; start < bytes.length;) {
    const found = bytes.indexOf(LINE_FEED, start);
    const end = found < 0 ? bytes.length : found + 1;
    lines.push(bytes.subarray(start, end));
    start = end;
  }
  return lines;
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const [only, ...more] = parts;
  if (only && more.length === 0) return only;
  const bytes = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
