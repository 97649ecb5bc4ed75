import type { Random } from "./random.ts";

/** Which connection: a location (sub-account) or a company (agency). */
export type SandboxTarget = { readonly locationId: string } | { readonly companyId: string };

/** A client id and its secret. */
export interface SandboxCredentials {
  /** Looks like `<24 hex>-<8 letters or digits>`. */
  readonly clientId: string;
  /** The secret that goes with it. */
  readonly clientSecret: string;
}

/** A company to put into the world. Every field has a default. */
export interface CompanySeed {
  /** Its id. @default a random one of 20 letters and digits */
  readonly companyId?: string;
  /** Its name. @default `Company <id>` */
  readonly name?: string;
  /** Whether the app is installed at the agency. @default true */
  readonly installed?: boolean;
  /** The only client id this installation accepts: apps whose keys were renewed. @default any pair of the app */
  readonly clientId?: string;
}

/** A location to put into the world. Every field has a default. */
export interface LocationSeed {
  /** Its id. @default a random one of 20 letters and digits */
  readonly locationId?: string;
  /** The agency it belongs to; added when the world has no such company. @default none */
  readonly companyId?: string;
  /** Its name. @default `Location <id>` */
  readonly name?: string;
  /** Whether the app is installed there. @default true */
  readonly installed?: boolean;
  /** `false` for a paused or unpaid location. @default true */
  readonly active?: boolean;
  /** The only client id this installation accepts: apps whose keys were renewed. @default any pair of the app */
  readonly clientId?: string;
}

/** The app's life at one location or company. */
export interface Installation {
  /** Which of the two. */
  readonly kind: "location" | "company";
  /** The location's or the company's id. */
  readonly id: string;
  /** A location's company; `null` for a company, and where none is known. */
  readonly companyId: string | null;
  /** `null` for a name made from the id. */
  readonly name: string | null;
  /** Whether the app is installed. */
  installed: boolean;
  /** `false` while the location is paused or unpaid. */
  active: boolean;
  /** The only client id accepted; `null` for any pair of the app. */
  clientId: string | null;
  /** When the app was installed, ms since the epoch. */
  installedAt: number;
  /** Tokens with a serial number below this are void. */
  tokensFrom: number;
  /** Access tokens with a serial number below this have expired. */
  accessFrom: number;
  /** Authorization codes with a serial number below this are void. */
  codesFrom: number;
}

/** Companies, their locations, and whether the app is installed there. */
export class World {
  readonly companies: Map<string, Installation> = new Map();
  readonly locations: Map<string, Installation> = new Map();
  /** Whether `/oauth/reconnect` answers that it has been removed. */
  reconnectRemoved = false;
  readonly #members = new Map<string, Installation[]>();

  /** Adds a company; an id the world already has is refused. */
  addCompany(seed: CompanySeed, random: Random, now: number): Installation {
    const id = seed.companyId ?? random.id();
    if (this.companies.has(id)) throw new Error(`The sandbox already has the company ${id}.`);
    return this.put(installation("company", id, null, seed, true, now));
  }

  /** Adds a location, and its company where the world does not have it yet. */
  addLocation(seed: LocationSeed, random: Random, now: number): Installation {
    const id = seed.locationId ?? random.id();
    if (this.locations.has(id)) throw new Error(`The sandbox already has the location ${id}.`);
    const companyId = seed.companyId ?? null;
    if (companyId !== null && !this.companies.has(companyId)) this.addCompany({ companyId }, random, now);
    return this.put(installation("location", id, companyId, seed, seed.active ?? true, now));
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

function installation(
  kind: "location" | "company",
  id: string,
  companyId: string | null,
  seed: CompanySeed | LocationSeed,
  active: boolean,
  now: number,
): Installation {
  return {
    kind,
    id,
    companyId,
    name: seed.name ?? null,
    installed: seed.installed ?? true,
    active,
    clientId: seed.clientId ?? null,
    installedAt: now,
    tokensFrom: 0,
    accessFrom: 0,
    codesFrom: 0,
  };
}

/** What an installation is called. */
export function nameOf(place: Installation): string {
  return place.name ?? `${place.kind === "company" ? "Company" : "Location"} ${place.id}`;
}

/** HighLevel's user type for an installation's tokens. */
export function userTypeOf(place: Installation): "Location" | "Company" {
  return place.kind === "company" ? "Company" : "Location";
}
