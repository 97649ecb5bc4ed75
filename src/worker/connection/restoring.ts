import { defined } from "../../oauth/host.ts";
import type { InstallationFacts } from "./installation_facts.ts";
import type { MovedFacts } from "./moved_facts.ts";

/**
 * What is known of an installation once a connection of an export takes its place at `now`, with what was told of it there: the later
 * of both, and nothing of trouble here. Its agency's object is told of it anew.
 */
export function restoring(
  { installedAt, uninstalledAt, forgottenAt, changes, details }: InstallationFacts,
  told: MovedFacts,
  isForgotten: boolean,
  now: number,
): InstallationFacts {
  return defined({
    installedAt: isForgotten ? undefined : latest(installedAt, told.installedAt),
    uninstalledAt: latest(uninstalledAt, told.uninstalledAt),
    forgottenAt: latest(forgottenAt, told.forgottenAt),
    changes: changes + 1,
    details: { ...details, ...told.details },
    restoredAt: now,
  });
}

/** The later of two moments that may not be known. */
function latest(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined ? other : Math.max(one, other ?? one);
}
