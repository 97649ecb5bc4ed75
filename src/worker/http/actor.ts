import type { Role } from "../settings.ts";

/** Who acts: the role of a key, and its name where it has one. */
export interface Actor {
  /** What the key may do. */
  readonly role: Role;
  /** The key's name in `KEYS`. */
  readonly name?: string;
}

/** What history, jobs and the log call an actor: the name of the key, else its role. */
export function actorName({ role, name = role }: Actor): string {
  return name;
}
