import type { Simulation } from "./call.ts";
import type { Installation } from "./installation.ts";
import { invalidClient } from "./refusal.ts";
import type { SandboxCredentials } from "./seeds.ts";

/** The app's pairs that HighLevel accepts: the current one first, none that was deleted. */
export function livingPairs({ app, deletedPairs }: Simulation): SandboxCredentials[] {
  return [app, ...app.previous].filter((pair) => !deletedPairs.has(pair.clientId));
}

/** Refuses a client id and secret that are not a pair of the app, current or previous. */
export function checkClient(simulation: Simulation, clientId: string, clientSecret: string): void {
  const known = livingPairs(simulation).some((pair) =>
    pair.clientId === clientId && pair.clientSecret === clientSecret
  );
  if (!known) throw invalidClient();
}

/** Refuses a pair other than the one the app was installed with, where the installation insists on one. */
export function checkPair(place: Installation, clientId: string): void {
  if (place.clientId !== null && place.clientId !== clientId) throw invalidClient();
}

/** Throws for a client id that the app never had: a mistake of whoever calls the sandbox. */
export function assertPair({ app }: Simulation, clientId: string): void {
  if ([app, ...app.previous].some((pair) => pair.clientId === clientId)) return;
  throw new Error(`The sandbox's app has no pair ${clientId}: name it in app.previous.`);
}

/** Deletes a pair at HighLevel: from then on it is no client any more. */
export function deletePair(simulation: Simulation, clientId: string): void {
  assertPair(simulation, clientId);
  simulation.deletedPairs.add(clientId);
}
