import type { Simulation } from "./call.ts";
import { uninstall } from "./uninstall.ts";

/** What becomes of a location's installation when it moves to another agency. HighLevel does not say. */
export interface TransferOptions {
  /** Whether the location's own tokens go on working. @default false */
  readonly keepTokens?: boolean;
  /** Whether the move ends the installation. @default false */
  readonly uninstall?: boolean;
}

/** Moves a location to another agency: the old agency's token no longer reaches it. */
export function transfer(
  simulation: Simulation,
  locationId: string,
  companyId: string,
  options: TransferOptions = {},
): void {
  const { world, ledger, random, settings } = simulation;
  const location = world.get({ locationId });
  world.ensure({ companyId }, random, settings.now());
  world.move(location, companyId);
  if (options.uninstall) return uninstall(simulation, location);
  if (!options.keepTokens) ledger.endTokens(location);
  if (location.installed) simulation.announce("INSTALL", location);
}
