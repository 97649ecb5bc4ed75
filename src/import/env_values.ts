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

/**
 * The variables of a `.env` file. Programs read such a file as one set; where a name comes again, a new part begins, so that
 * none hides another.
 */
export async function* envValues(
  lines: AsyncIterable<Line>,
): AsyncGenerator<EnvPart | EnvFault, void, undefined> {
  let part = new Map<string, string>();
  let begin = 0;
  for await (const { line, text } of lines) {
    if (/^\s*(#|$)/.test(text)) continue;
    const [assignment = "", name] = ASSIGNMENT.exec(text) ?? [];
    if (name === undefined) {
      yield { line, fault: "no_assignment" };
      continue;
    }
    if (part.get(name)) {
      yield { line: begin, value: Object.fromEntries(part) };
      part = new Map();
    }
    if (part.size === 0) begin = line;
    part.set(name, valueIn(text.slice(assignment.length).trim()));
  }
  if (part.size > 0) yield { line: begin, value: Object.fromEntries(part) };
}

/** What is between quotes; else what is before a comment. */
function valueIn(text: string): string {
  const [, double, single] = /^(?:"((?:[^"\\]|\\.)*)"|'([^']*)')/.exec(text) ?? [];
  if (double !== undefined) return double.replace(/\\(["\\])/g, "$1");
  if (single !== undefined) return single;
  const comment = text.search(/\s#/);
  return comment < 0 ? text : text.slice(0, comment).trim();
}
