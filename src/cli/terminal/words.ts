import type { Recovery } from "../../connections/recovery.ts";
import type { ConnectionTarget } from "../../oauth/target.ts";

/** The kind and the id of a connection. */
export function kindOf(target: ConnectionTarget): ["location" | "company", string] {
  return target.locationId === undefined ? ["company", target.companyId] : ["location", target.locationId];
}

/** A connection in words: `location l1C08ntBrFjLS0elLIYU`. */
export function nameOf(target: ConnectionTarget): string {
  return kindOf(target).join(" ");
}

/** Why a connection is not recovered, in one sentence. */
export function whyOf({ target, outcome, error }: Recovery): string {
  const message = printable(error?.message ?? "");
  const prefix = new RegExp(`^(location|company) ${kindOf(target)[1]}: `, "i");
  const said = message.replace(prefix, "");
  switch (outcome) {
    case "recovered":
      return said || "recovered";
    case "paused":
      return said || "The location is not active.";
    case "reauthorization_required":
      return said || "Every way was refused; a person must authorise the app again.";
    case "failed":
      return said || "The reason is not known.";
  }
}

/** `1 connection`, `2 connections`. */
export function counted(count: number, noun: string): string {
  return `${grouped(count)} ${noun}${count === 1 ? "" : "s"}`;
}

/** `1,234`. */
export function grouped(count: number): string {
  return count.toLocaleString("en-US");
}

/** `text` from outside without what could move a terminal's cursor or break a line. */
export function printable(text: string): string {
  return text.replace(/\p{C}+/gu, " ").trim();
}
