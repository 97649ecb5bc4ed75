import { readConnections } from "../../import/host.ts";
import { kindAndId } from "../kind_and_id.ts";
import type { JobTarget } from "../recovery_job/job_api.ts";

/** A line that names no connection. */
export interface BadLine {
  /** Its number, from 1. */
  readonly line: number;
  /** Its text, cut. */
  readonly text: string;
}

/** What pasted lines name. */
export interface PastedIds {
  /** Connections, each once. */
  readonly targets: readonly JobTarget[];
  /** Lines that name none. */
  readonly bad: readonly BadLine[];
}

/**
 * `ID`, `location/ID` or `company/ID`; tabs, quotes and commas of a spreadsheet do not matter, and the names of its
 * columns are no ids.
 */
const LINE = /^(?:(location|company)[/:,;"'\s]+)?(?!kind$|(?:location|company)?_?(?:id)?$)([\w-]{1,128})$/i;

/** Reads ids, one a line; empty lines are skipped. */
export function pastedIds(text: string): PastedIds {
  const targets = new Map<string, JobTarget>();
  const bad: BadLine[] = [];
  for (const [index, raw] of text.split(/\r\n|\r|\n/).entries()) {
    const line = raw.trim().replace(/^["',;]+|["',;]+$/g, "").trim();
    if (line === "") continue;
    const [, kindText = "location", id = ""] = LINE.exec(line) ?? [];
    const kind = kindText.toLowerCase() === "company" ? "company" : "location";
    if (id) targets.set(`${kind}/${id}`, { kind, id });
    else bad.push({ line: index + 1, text: line.slice(0, 80) });
  }
  return { targets: [...targets.values()], bad };
}

/**
 * Reads what people paste: ids, one a line; else a table, JSON, or an answer of HighLevel's lists, as the command line reads files,
 * where that understands more of it.
 */
export async function pastedConnections(text: string): Promise<PastedIds> {
  const ids = pastedIds(text);
  if (ids.bad.length === 0) return ids;
  const targets = new Map<string, JobTarget>();
  const bad: BadLine[] = [];
  const lines = text.split(/\r\n|\r|\n/);
  for await (const row of readConnections(text, { need: "ids" })) {
    if (row.result === "taken") {
      const { target, name } = row.found;
      const named = kindAndId(target);
      targets.set(`${named.kind}/${named.id}`, { ...named, ...name !== undefined && { name } });
    } else if (row.result === "bad") {
      bad.push({ line: row.line, text: (lines[row.line - 1] ?? "").trim().slice(0, 80) });
    }
  }
  const isBetter = targets.size > ids.targets.length || targets.size > 0 && bad.length < ids.bad.length;
  return isBetter ? { targets: [...targets.values()], bad } : ids;
}
