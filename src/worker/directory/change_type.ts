/**
 * Every change that is counted: in sums as connections report it, by the hour as their statuses tell it (`status_change.ts`).
 *
 * - `"installed"`, `"uninstalled"`: HighLevel told so by a webhook. `"forgotten"`: by hand.
 * - `"saved"`: tokens came by a person's authorisation or an import.
 * - `"lost"`: a connection that worked does not any more. `"recovered"`: it does again.
 * - `"paused"`, `"resumed"`: the location is not active, and is again.
 * - `"reauthorization_required"`: a person is needed.
 * - `"failed"`: trouble began; nothing was given up.
 * - `"refreshed"`: an ordinary refresh. Counted until the second edition; connections no longer report it.
 */
export const CHANGE_TYPES = [
  "installed",
  "uninstalled",
  "forgotten",
  "saved",
  "lost",
  "recovered",
  "paused",
  "resumed",
  "reauthorization_required",
  "failed",
  "refreshed",
] as const;

/** One of {@linkcode CHANGE_TYPES}. */
export type ChangeType = (typeof CHANGE_TYPES)[number];
