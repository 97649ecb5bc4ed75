import type { Simulation } from "./call.ts";
import type { SandboxOptions } from "./options.ts";

/** Puts the companies and locations of the options into the world. */
export function populate({ world, random, settings }: Simulation, options: SandboxOptions): void {
  const now = settings.now();
  for (const company of options.companies ?? []) {
    const { id } = world.addCompany(company, random, now);
    for (const location of listed(company.locations ?? [])) {
      world.addLocation({ ...location, companyId: id }, random, now);
    }
  }
  for (const location of listed(options.locations ?? [])) world.addLocation(location, random, now);
}

function listed(seeds: NonNullable<SandboxOptions["locations"]>): Iterable<object> {
  return typeof seeds === "number" ? Array.from({ length: seeds }, () => ({})) : seeds;
}
