import type { Simulation } from "./call.ts";
import { invalidClient } from "./refusal.ts";
import type { Installation } from "./world.ts";

/** Refuses a client id and secret that are not a pair of the app, current or previous. */
export function checkClient(simulation: Simulation, clientId: string, clientSecret: string): void {
  const pairs = [simulation.app, ...simulation.app.previous];
  const known = pairs.some((pair) => pair.clientId === clientId && pair.clientSecret === clientSecret);
  if (!known) throw invalidClient();
}

/** Refuses a pair other than the one the app was installed with, where the installation insists on one. */
export function checkPair(place: Installation, clientId: string): void {
  if (place.clientId !== null && place.clientId !== clientId) throw invalidClient();
}
