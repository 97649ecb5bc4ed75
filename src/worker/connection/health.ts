import type { ConnectionStatus } from "../../stores/mod.ts";

/** What an app's own page is to say of a connection. */
export type HealthAction =
  /** Nothing: it works. */
  | "none"
  /** It does not work, and comes back without anybody's doing. */
  | "wait"
  /** A person has to authorise the app again. */
  | "relink";

/** What is known of a connection when its health is asked for. */
export interface HealthState {
  /** Where it stands for people; absent where nothing is held. */
  readonly status?: ConnectionStatus;
  /** Whether an installation was told of that has no tokens yet. */
  readonly isAwaited: boolean;
  /** Whether anything was ever known of it. */
  readonly isKnown: boolean;
}

/** What is to be done about a connection; `undefined` of one that nobody knows. */
export function healthAction({ status, isAwaited, isKnown }: HealthState): HealthAction | undefined {
  switch (status) {
    case "connected":
      return "none";
    case "broken": // it is tried again by itself
    case "paused": // it comes back with the location, or when somebody resumes it
      return "wait";
    case "reauthorization_required":
      return isAwaited ? "wait" : "relink";
    case undefined:
      if (isAwaited) return "wait";
      return isKnown ? "relink" : undefined;
  }
}
