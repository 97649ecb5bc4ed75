import type { Simulation } from "./call.ts";
import type { Installation } from "./installation.ts";
import { assertPair } from "./key_pairs.ts";
import { issueTokens, type TokenAnswer } from "./token_answer.ts";

/** How the app is installed. */
export interface InstallOptions {
  /** The pair the tokens are issued to. @default the installation's own pair, else the app's current one */
  readonly clientId?: string;
}

/** Installs the app and returns the tokens of a fresh installation. */
export function install(
  simulation: Simulation,
  place: Installation,
  { clientId }: InstallOptions = {},
): TokenAnswer {
  if (clientId !== undefined) assertPair(simulation, clientId);
  if (clientId !== undefined && place.clientId !== null) place.clientId = clientId;
  if (!place.installed) place.installedAt = simulation.settings.now();
  place.installed = true;
  const pair = clientId ?? place.clientId ?? simulation.app.clientId;
  const tokens = issueTokens(simulation, place, { clientId: pair });
  simulation.announce("INSTALL", place);
  return tokens;
}
