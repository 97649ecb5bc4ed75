/**
 * What the directory does by alarm: a turn of the sweep, its daily beginning, telling people, sending links, putting events on
 * their queue, asking for names.
 */
export const DIRECTORY_WORK = ["turn", "daily", "tell", "send", "events", "names"] as const;
/** One kind of that. */
export type DirectoryWork = (typeof DIRECTORY_WORK)[number];

/** What tells people and receivers, and changes no connection. */
const TELLING: readonly DirectoryWork[] = ["tell", "send", "events"];

/** Whether a kind of work waits while the worker is read-only. A turn that only fills the rows does not. */
export function waitsWhileReadOnly(work: DirectoryWork, isBuilding = false): boolean {
  return !TELLING.includes(work) && !(work === "turn" && isBuilding);
}
