import type { ConnectionStatus } from "../../stores/mod.ts";

/** What comes next of a connection: keys of the words' `next`. */
export type NextStep =
  /** Its token is replaced by alarm. */
  | "renewed"
  /** It is tried again by alarm. */
  | "retried"
  /** The daily round tries it again. */
  | "daily"
  /** The daily round asks whether its location is active again. */
  | "location"
  /** A person is waited for; the daily round tries without one. */
  | "person"
  /** Nothing, until somebody resumes it. */
  | "suspended"
  /** Nothing: nobody asks for it. */
  | "nothing"
  /** Nothing, while the worker is read-only. */
  | "read_only";

/** What comes next, where an alarm is set for `nextAt`, ms. */
export function nextStepOf(
  { status, nextAt, isReadOnly, isSuspended = false }: {
    readonly status: ConnectionStatus | "forgotten";
    readonly nextAt: number | undefined;
    readonly isReadOnly: boolean;
    readonly isSuspended?: boolean;
  },
): NextStep {
  if (isSuspended) return "suspended";
  if (status === "forgotten") return nextAt === undefined ? "nothing" : isReadOnly ? "read_only" : "retried";
  if (isReadOnly) return "read_only";
  switch (status) {
    case "connected":
      return nextAt === undefined ? "nothing" : "renewed";
    case "broken":
      return nextAt === undefined ? "daily" : "retried";
    case "paused":
      return "location";
    case "reauthorization_required":
      return nextAt === undefined ? "person" : "retried"; // an installation was told of since
  }
}
