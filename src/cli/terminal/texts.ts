import type { Recovery } from "../../connections/recovery.ts";
import type { HighLevelError } from "../../oauth/highlevel_error.ts";
import type { ConnectionTarget } from "../../oauth/target.ts";
import type { Words } from "../words/words.ts";

/** The kind and the id of a connection. */
export function kindOf(target: ConnectionTarget): ["location" | "company", string] {
  return target.locationId === undefined ? ["company", target.companyId] : ["location", target.locationId];
}

/** A connection's name in files and flags, the same in every language: `location l1C08ntBrFjLS0elLIYU`. */
export function keyOf(target: ConnectionTarget): string {
  return kindOf(target).join(" ");
}

/** A connection in words: `agency ve9EPM428h8vShlRW1KT`. */
export function nameOf(target: ConnectionTarget, words: Words): string {
  const [kind, id] = kindOf(target);
  return `${words.kinds[kind]} ${id}`;
}

/** Why a connection is not recovered, in one sentence. */
export function whyOf({ target, outcome, error }: Recovery, words: Words): string {
  if (error) return errorText(error, words, target);
  return outcome === "recovered" ? words.states.recovered : words.unexplained[outcome];
}

/** An error in words: what happened, what is underneath, and without `target`, which is named anyway. */
export function errorText(error: HighLevelError, words: Words, target?: ConnectionTarget): string {
  const subject = new RegExp(`^(location|company) ${target ? kindOf(target)[1] : "\\S+"}: `, "i");
  const message = printable(error.message).replace(target ? subject : "", "");
  const cause = causeOf(error);
  const told = words.codes[error.code];
  return [told, message || error.code, cause && !message.includes(cause) ? `(${cause})` : undefined]
    .filter(Boolean).join(" ");
}

/** What is underneath an error, in one line: `connect ECONNREFUSED 127.0.0.1:443`. */
export function causeOf(error: Error): string | undefined {
  let last: unknown = error.cause;
  while (last instanceof Error && last.cause instanceof Error) last = last.cause;
  if (!(last instanceof Error)) return undefined;
  const code: unknown = Reflect.get(last, "code");
  return printable(last.message.split("\n", 1)[0] ?? "") || (typeof code === "string" ? code : last.name);
}

/** `2026-11-25 12:00 UTC`. */
export function moment(time: Date | number): string {
  return `${new Date(time).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

/** `text` from outside without what could move a terminal's cursor or break a line. */
export function printable(text: string): string {
  return text.replace(/\p{C}+/gu, " ").trim();
}
