import type { AlertKind } from "./directory_api.ts";

/** An alert that was told of one connection. */
export interface ToldAlert {
  /** What it was about. */
  readonly kind: AlertKind;
  /** The day of the last one, as `2026-11-27`. */
  readonly day: string;
  /** Whether that trouble is not over yet. */
  readonly isOpen: boolean;
}

/**
 * Whether an alert of `kind` on `day` is news where `told` was told of its connection before: one of a kind and day at most,
 * and "back" only after trouble was told. That trouble is told once is the rule of the connection's object; where that tells it
 * again on another day it knows of nothing told, as after it was erased, and it must not be kept from telling for good.
 */
export function isNews(kind: AlertKind, day: string, told: readonly ToldAlert[]): boolean {
  const last = told.find((one) => one.kind === kind);
  switch (kind) {
    case "back":
      // On the same day the trouble stays open: a report of the next day tells.
      return last?.day !== day && told.some(({ isOpen }) => isOpen);
    case "broken":
    case "reauthorization_required":
    case "not_stored":
      return last?.day !== day;
  }
}
