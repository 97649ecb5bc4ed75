import { companyIdOf, companyInstallation, type Installation, locationInstallation } from "./installation.ts";
import type { Random } from "./random.ts";
import type { CompanySeed, LocationSeed, SandboxTarget } from "./seeds.ts";

/** A version of the app that HighLevel ends. */
export interface Deprecation {
  /** Which version. */
  readonly versionId: string;
  /** When its installations end, ms since the epoch. */
  readonly endsAt: number;
}

/** Companies, their locations, and whether the app is installed there. */
export class World {
  readonly companies: Map<string, Installation> = new Map();
  readonly locations: Map<string, Installation> = new Map();
  /** Whether `/oauth/reconnect` answers that it has been removed. */
  reconnectRemoved = false;
  /** Versions of the app that were given notice. */
  deprecations: readonly Deprecation[] = [];
  readonly #members = new Map<string, Installation[]>();

  /** Adds a company; an id the world already has is refused. */
  addCompany(seed: CompanySeed, random: Random, now: number): Installation {
    const company = companyInstallation(seed, random, now);
    if (this.companies.has(company.id)) throw new Error(`The sandbox already has the company ${company.id}.`);
    return this.put(company);
  }

  /** Adds a location, and its company where the world does not have it yet. */
  addLocation(seed: LocationSeed, random: Random, now: number): Installation {
    const location = locationInstallation(seed, random, now);
    if (this.locations.has(location.id)) {
      throw new Error(`The sandbox already has the location ${location.id}.`);
    }
    const { companyId } = location;
    if (companyId !== null && !this.companies.has(companyId)) this.addCompany({ companyId }, random, now);
    return this.put(location);
  }

  /** Takes an installation in as it is. */
  put(place: Installation): Installation {
    (place.kind === "company" ? this.companies : this.locations).set(place.id, place);
    if (place.companyId !== null) {
      const members = this.#members.get(place.companyId);
      if (members === undefined) this.#members.set(place.companyId, [place]);
      else members.push(place);
    }
    return place;
  }

  /** Moves a location to another company. */
  move(location: Installation, companyId: string): void {
    const before = location.companyId;
    if (before !== null) {
      this.#members.set(before, this.members(before).filter((member) => member !== location));
    }
    location.companyId = companyId;
    this.put(location);
  }

  /** The installation a target names, if the world has it. */
  find(target: SandboxTarget): Installation | undefined {
    return "locationId" in target
      ? this.locations.get(target.locationId)
      : this.companies.get(target.companyId);
  }

  /** The installation a target names; throws where the world has none. */
  get(target: SandboxTarget): Installation {
    const place = this.find(target);
    if (place === undefined) throw new Error(`The sandbox has no ${JSON.stringify(target)}: add it first.`);
    return place;
  }

  /** The installation a target names, added where the world has none. */
  ensure(target: SandboxTarget, random: Random, now: number): Installation {
    const found = this.find(target);
    if (found !== undefined) return found;
    return "locationId" in target
      ? this.addLocation(target, random, now)
      : this.addCompany(target, random, now);
  }

  /** The company of an installation, if one is known: a company's is itself. */
  companyOf(place: Installation): Installation | undefined {
    const companyId = companyIdOf(place);
    return companyId === null ? undefined : this.companies.get(companyId);
  }

  /** Every location of a company, in the order they were added. */
  members(companyId: string): readonly Installation[] {
    return this.#members.get(companyId) ?? [];
  }

  /** The whole world, companies first. */
  *all(): Generator<Installation> {
    yield* this.companies.values();
    yield* this.locations.values();
  }

  /** Empties the world. */
  clear(): void {
    this.companies.clear();
    this.locations.clear();
    this.#members.clear();
  }
}
