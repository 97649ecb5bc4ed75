/**
 * Everything that a connection's object does by alarm:
 *
 * - `refresh`: replaces the tokens before they end; `heal`: tries once more what is in trouble.
 * - `install`: gets tokens for an installation that was told of.
 * - `mint`, `uninstall`: tells a company's locations that it has tokens, or that it was uninstalled.
 * - `bring_back`: starts the bulk recovery of an agency's lost locations.
 * - `tell_agency`: tells the agency's object of this location.
 * - `tell_broken`: tells people of trouble that has lasted for an hour.
 * - `plan`: plans anew, where that failed. `copy`: writes to KV what KV refused; `report`: tells what changed; `events`: puts
 *   events on their queue; `erase`: removes all after the tombstone's time.
 */
export const SCHEDULED_WORK = [
  "plan",
  "refresh",
  "heal",
  "install",
  "mint",
  "uninstall",
  "bring_back",
  "tell_agency",
  "tell_broken",
  "copy",
  "report",
  "events",
  "erase",
] as const;

/** One of {@linkcode SCHEDULED_WORK}. */
export type ScheduledWork = (typeof SCHEDULED_WORK)[number];
