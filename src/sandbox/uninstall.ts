import type { Simulation } from "./call.ts";
import type { Installation } from "./installation.ts";

/** Ends an installation with all its tokens and codes; a company's uninstall ends its locations' too. */
export function uninstall(simulation: Simulation, place: Installation): void {
  const members = place.kind === "company" ? simulation.world.members(place.id) : [];
  const ended = [place, ...members];
  const wasInstalled = ended.some((one) => one.installed);
  for (const one of ended) {
    one.installed = false;
    simulation.ledger.endTokens(one);
  }
  if (wasInstalled) simulation.announce("UNINSTALL", place);
}
