import type { Child } from "hono/jsx";
import type { Role } from "../settings.ts";
import type { Words } from "./words.ts";

/** What every page is drawn with. */
export interface View {
  /** The reader's language. */
  readonly words: Words;
  /** The reader's language with region, where the browser tells it: `en-GB`. */
  readonly locale: string;
  /** The reader's time zone, in which every moment is shown: `Asia/Seoul`; UTC where the browser does not tell it. */
  readonly zone: string;
  /** Where the app is mounted: `""` or `/highlevel`. */
  readonly base: string;
  /** The path and query of this page. */
  readonly path: string;
  /** What the reader may do; absent before signing in. */
  readonly role: Role | undefined;
  /** Whether events are sent to somebody. */
  readonly hasEvents?: boolean;
  /** The name of the reader's key, where it has one. */
  readonly name?: string;
  /** Whether nothing may be changed for now. */
  readonly isReadOnly?: boolean;
  /** When the page is drawn, ms. */
  readonly now: number;
}

/** A page without its frame. */
export interface PageParts {
  /** Its title. */
  readonly title: string;
  /** What is inside. */
  readonly body: Child;
  /** Which entry of the navigation it belongs to. */
  readonly section?: "overview" | "bulk" | "campaigns" | "events" | "api";
  /** Opens the same page again at once. */
  readonly arrives?: boolean;
  /** Reloads the page after this time where there is no script, seconds. */
  readonly reloadSeconds?: number;
}

/** A whole number in the reader's language. */
export function numberText({ locale }: View, value: number): string {
  return new Intl.NumberFormat(locale).format(value);
}

/** Whether the reader may recover and forget. */
export function mayAct({ role, isReadOnly = false }: View): boolean {
  return role === "admin" && !isReadOnly;
}
