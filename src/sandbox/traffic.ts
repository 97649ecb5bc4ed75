/** The endpoints, by the names that counts and faults use. */
export type Endpoint =
  | "reconnect"
  | "token"
  | "locationToken"
  | "installedLocations"
  | "installerDetails"
  | "location"
  | "contacts"
  | "createContact"
  | "chooseLocation"
  | "marketplaceInstall"
  | "unknown";

/** How often what was called; reset by `resetCounts`. */
export interface SandboxCounts extends Record<Endpoint, number> {
  /** All requests. */
  total: number;
  /** Requests to `token` with an authorization code. */
  exchange: number;
  /** Requests to `token` with a refresh token. */
  refresh: number;
  /**
   * Refreshes, by the pair it was issued to, with a refresh token that had been used before: each one is a client's
   * mistake or a lost answer. Those of the window are not among them.
   */
  spentRefreshTokenUses: number;
  /** Refreshes that came again within `refreshWindowMs` and got the same new refresh token again. */
  windowRepeats: number;
  /** Exchanges with a code that had been used before. */
  spentCodeUses: number;
  /** Answers 429. */
  rateLimited: number;
  /** Requests that met a fault. */
  faults: number;
}

/** How a client treats redirects. */
export type RedirectMode = "error" | "follow" | "manual";

/** One request the sandbox saw. */
export interface SandboxRequest {
  /** Which endpoint it was for. */
  readonly endpoint: Endpoint;
  /** `POST`, … */
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  /** How the client treats redirects; a `follow` would carry secrets to another host. */
  readonly redirect: RedirectMode;
  /** When it came, ms since the epoch. */
  readonly at: number;
  /** Status of the answer; 0 while there is none, or when the connection broke before one. */
  status: number;
  /** Headers in lower case; kept for the newest requests only. */
  headers?: Readonly<Record<string, string>>;
  /** The raw body; kept for the newest requests only. */
  body?: string;
}

/** How a request treats redirects. */
export function redirectModeOf({ redirect }: Request): RedirectMode {
  return redirect === "error" || redirect === "manual" ? redirect : "follow";
}

/** Counts with nothing counted. */
export function noCounts(): SandboxCounts {
  return {
    total: 0,
    reconnect: 0,
    token: 0,
    exchange: 0,
    refresh: 0,
    locationToken: 0,
    installedLocations: 0,
    installerDetails: 0,
    location: 0,
    contacts: 0,
    createContact: 0,
    chooseLocation: 0,
    marketplaceInstall: 0,
    unknown: 0,
    spentRefreshTokenUses: 0,
    windowRepeats: 0,
    spentCodeUses: 0,
    rateLimited: 0,
    faults: 0,
  };
}

/** The newest requests; older ones lose first their headers and body, then their place. */
export class RequestLog {
  readonly #keep: number;
  readonly #keepBodies: number;
  #requests: SandboxRequest[] = [];

  /** Keeps so many requests, and headers and bodies of so many of them. */
  constructor(keep: number, keepBodies: number) {
    this.#keep = keep;
    this.#keepBodies = Math.min(keep, keepBodies);
  }

  /** Adds a request. */
  add(request: SandboxRequest): void {
    this.#requests.push(request);
    const stale = this.#requests[this.#requests.length - 1 - this.#keepBodies];
    if (stale !== undefined) {
      delete stale.headers;
      delete stale.body;
    }
    if (this.#requests.length > 2 * this.#keep) this.#requests = this.newest();
  }

  /** The requests kept, oldest first. */
  newest(): SandboxRequest[] {
    return this.#requests.slice(Math.max(0, this.#requests.length - this.#keep));
  }

  /** Forgets all. */
  clear(): void {
    this.#requests = [];
  }
}
