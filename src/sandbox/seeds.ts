/** Which connection: a location (sub-account) or a company (agency). */
export type SandboxTarget = { readonly locationId: string } | { readonly companyId: string };

/** A client id and its secret. */
export interface SandboxCredentials {
  /** Looks like `<24 hex>-<8 letters or digits>`. */
  readonly clientId: string;
  /** The secret that goes with it. */
  readonly clientSecret: string;
}

/** What a company's installation and a location's have in common. Every field has a default. */
export interface InstallationSeed {
  /** Its name. @default `Company <id>` or `Location <id>` */
  readonly name?: string;
  /** Whether the app is installed there. @default true */
  readonly installed?: boolean;
  /** The only client id this installation accepts: apps whose keys were renewed. @default any pair of the app */
  readonly clientId?: string;
  /** Who installed the app; HighLevel's schema of a token answer requires it. @default a random id */
  readonly userId?: string;
  /** The app's version that is installed: in token answers, lists and webhooks. @default none */
  readonly versionId?: string;
  /** The plan of a paid app: in token answers and INSTALL webhooks. @default none */
  readonly planId?: string;
  /** Whether the plan is on trial: a filter of the lists, and `trial` of INSTALL webhooks. @default false */
  readonly onTrial?: boolean;
}

/** An agency that installed the app for its locations. Fields of HighLevel's token answer, by the same names. */
export interface BulkSeed {
  /**
   * The locations the agency's token may act for. A location outside is refused, unless one of the two flags
   * says otherwise. @default every location of the company that has the app
   */
  readonly approvedLocations?: readonly string[];
  /** Whether the user approved all locations. @default false */
  readonly approveAllLocations?: boolean;
  /** Whether later locations get the app by themselves. @default false */
  readonly installToFutureLocations?: boolean;
}

/** What HighLevel's INSTALL webhook says about a white label. */
export interface WhiteLabel {
  /** Its domain. */
  readonly domain: string;
  /** Where its logo is. @default none */
  readonly logoUrl?: string;
}

/** Limits of one agency; HighLevel's sandbox agencies have 25 per 10 s and 10,000 per day. */
export interface CompanyLimits {
  /** Requests per interval. @default the sandbox's `rateLimit.max` */
  readonly max?: number;
  /** Requests per day. @default the sandbox's `rateLimit.daily` */
  readonly daily?: number;
}

/** A company to put into the world. Every field has a default. */
export interface CompanySeed extends InstallationSeed {
  /** Its id. @default a random one of 20 letters and digits */
  readonly companyId?: string;
  /** Says that the installation is a bulk installation, and of what. @default none */
  readonly bulk?: BulkSeed;
  /** Its white label. @default none */
  readonly whiteLabel?: WhiteLabel;
  /** Limits of its own, for it and each of its locations; without effect under `rateLimit: false`. @default the sandbox's */
  readonly limits?: CompanyLimits;
}

/** A location to put into the world. Every field has a default. */
export interface LocationSeed extends InstallationSeed {
  /** Its id. @default a random one of 20 letters and digits */
  readonly locationId?: string;
  /** The agency it belongs to; added when the world has no such company. @default none */
  readonly companyId?: string;
  /** `false` for a paused or unpaid location. @default true */
  readonly active?: boolean;
}
