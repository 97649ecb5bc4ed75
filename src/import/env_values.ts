import type { Line } from "./lines_of.ts";
import type { PlainCode } from "./remarks.ts";

/** The variables of one part of a `.env` file. */
export interface EnvPart {
  /** The line it begins at; counts from 1. */
  readonly line: number;
  /** Variables by name. */
  readonly value: Readonly<Record<string, string>>;
}

/** A line of a `.env` file that is none. */
export interface EnvFault {
  /** Counts from 1. */
  readonly line: number;
  /** What is wrong. */
  readonly fault: PlainCode;
}

/** `NAME=value`; what shells and Docker Compose write before it is passed over. */
const ASSIGNMENT = /^\s*(?:export\s+|set\s+|-\s+|\$env:)?([A-Za-z_][\w.-]*)\s*=/i;

/** Whether `text` is a line of a `.env` file. */
export function isAssignment(text: string): boolean {
  return ASSIGNMENT.test(text);
}

/** A value whose quote is not closed yet. */
interface OpenValue {
  readonly name: string;
  readonly quote: string;
  text: string;
  /** The lines below its first that say something. */
  readonly lines: number[];
}

const FAULT = "no_assignment";

/**
 * The variables of a `.env` file. Programs read such a file as one set; where a name comes again, a new part begins, so that
 * none hides another. A value in quotes may go over many lines, as a private key does.
 */
export async function* envValues(
  lines: AsyncIterable<Line>,
): AsyncGenerator<EnvPart | EnvFault, void, undefined> {
  let part = new Map<string, string>();
  let begin = 0;
  let open: OpenValue | undefined;
  for await (const { line, text } of lines) {
    const [assignment = "", name] = ASSIGNMENT.exec(text) ?? [];
    const isSilent = /^\s*(#|$)/.test(text);
    if (open && (name === undefined || text === assignment)) { // `…AAA=` ends a key
      const end = text.indexOf(open.quote);
      open.text += `\n${end < 0 ? text : text.slice(0, end)}`;
      if (end >= 0) {
        part.set(open.name, open.text);
        open = undefined;
      } else if (!isSilent) open.lines.push(line);
      continue;
    }
    for (const line of open?.lines ?? []) yield { line, fault: FAULT };
    open = undefined;
    if (isSilent) continue;
    if (name === undefined) {
      yield { line, fault: FAULT };
      continue;
    }
    if (part.has(name)) {
      yield { line: begin, value: Object.fromEntries(part) };
      part = new Map();
    }
    if (part.size === 0) begin = line;
    const value = text.slice(assignment.length).trim();
    part.set(name, valueIn(value));
    const quote = quoteOf(value);
    if (quote && value.indexOf(quote, 1) < 0) open = { name, quote, text: value.slice(1), lines: [] };
  }
  for (const line of open?.lines ?? []) yield { line, fault: FAULT };
  if (part.size > 0) yield { line: begin, value: Object.fromEntries(part) };
}

/** What is between quotes; else what is before a comment. */
function valueIn(text: string): string {
  const quote = quoteOf(text);
  const end = quote ? text.indexOf(quote, 1) : -1;
  if (end > 0) return text.slice(1, end);
  const comment = text.search(/\s#/);
  return comment < 0 ? text : text.slice(0, comment).trim();
}

function quoteOf(text: string): string | undefined {
  return /^["']/.exec(text)?.[0];
}
