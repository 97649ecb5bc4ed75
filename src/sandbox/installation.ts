import type { Random } from "./random.ts";
import type { BulkSeed, CompanyLimits, CompanySeed, LocationSeed, WhiteLabel } from "./seeds.ts";

/** The app's life at one location or company. */
export interface Installation {
  /** Which of the two. */
  readonly kind: "location" | "company";
  /** The location's or the company's id. */
  readonly id: string;
  /** A location's company; `null` for a company, and where none is known. A transfer changes it. */
  companyId: string | null;
  /** `null` for a name made from the id. */
  readonly name: string | null;
  /** Whether the app is installed. */
  installed: boolean;
  /** `false` while the location is paused or unpaid. */
  active: boolean;
  /** The only client id accepted; `null` for any pair of the app. */
  clientId: string | null;
  /** Who installed the app. */
  readonly userId: string;
  /** The app's version that is installed, if any is known. */
  versionId: string | null;
  /** The plan of a paid app. */
  readonly planId: string | null;
  /** Whether that plan is on trial. */
  readonly onTrial: boolean;
  /** What a company installed in bulk; `null` for no bulk installation. */
  readonly bulk: BulkSeed | null;
  /** A company's white label. */
  readonly whiteLabel: WhiteLabel | null;
  /** A company's own limits. */
  readonly limits: CompanyLimits | null;
  /** When the app was installed, ms since the epoch. */
  installedAt: number;
  /** Tokens with a serial number below this are void. */
  tokensFrom: number;
  /** Access tokens with a serial number below this have expired. */
  accessFrom: number;
  /** Authorization codes with a serial number below this are void. */
  codesFrom: number;
}

/** The installation that a company's seed describes. */
export function companyInstallation(seed: CompanySeed, random: Random, now: number): Installation {
  const { bulk = null, whiteLabel = null, limits = null } = seed;
  const id = seed.companyId ?? random.id();
  return installation("company", id, null, seed, { active: true, bulk, whiteLabel, limits }, random, now);
}

/** The installation that a location's seed describes. */
export function locationInstallation(seed: LocationSeed, random: Random, now: number): Installation {
  const { locationId: id = random.id(), companyId = null, active = true } = seed;
  const own = { active, bulk: null, whiteLabel: null, limits: null };
  return installation("location", id, companyId, seed, own, random, now);
}

function installation(
  kind: "location" | "company",
  id: string,
  companyId: string | null,
  seed: CompanySeed | LocationSeed,
  own: Pick<Installation, "active" | "bulk" | "whiteLabel" | "limits">,
  random: Random,
  now: number,
): Installation {
  return {
    kind,
    id,
    companyId,
    name: seed.name ?? null,
    installed: seed.installed ?? true,
    clientId: seed.clientId ?? null,
    userId: seed.userId ?? random.id(),
    versionId: seed.versionId ?? null,
    planId: seed.planId ?? null,
    onTrial: seed.onTrial ?? false,
    ...own,
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

/** The company an installation belongs to: a company belongs to itself. */
export function companyIdOf(place: Installation): string | null {
  return place.kind === "company" ? place.id : place.companyId;
}
