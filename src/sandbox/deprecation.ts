import type { Simulation } from "./call.ts";
import { uninstall } from "./uninstall.ts";

/** How the end of an app's version is announced. */
export interface DeprecationOptions {
  /** How long its installations still live, in ms. @default 3 days, as HighLevel's notice says */
  readonly noticeMs?: number;
}

const THREE_DAYS_MS = 3 * 86_400_000;

/** Gives notice to a version of the app: once the notice is over, its installations end. */
export function deprecateVersion(
  { world, settings }: Simulation,
  versionId: string,
  { noticeMs = THREE_DAYS_MS }: DeprecationOptions = {},
): void {
  world.deprecations = [...world.deprecations, { versionId, endsAt: settings.now() + noticeMs }];
}

/** Ends the installations of every version whose notice is over by the sandbox's clock. */
export function endDeprecatedVersions(simulation: Simulation): void {
  const { world, settings } = simulation;
  if (world.deprecations.length === 0) return;
  const now = settings.now();
  const over = new Set<string>();
  for (const { versionId, endsAt } of world.deprecations) if (endsAt <= now) over.add(versionId);
  if (over.size === 0) return;
  world.deprecations = world.deprecations.filter(({ endsAt }) => endsAt > now);
  for (const place of world.all()) {
    const isOver = place.installed && place.versionId !== null && over.has(place.versionId);
    if (isOver) uninstall(simulation, place);
  }
}
