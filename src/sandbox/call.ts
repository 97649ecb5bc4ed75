import type { Installation } from "./installation.ts";
import type { Ledger } from "./ledger.ts";
import type { SandboxApp } from "./options.ts";
import type { Random } from "./random.ts";
import type { Settings } from "./settings.ts";
import type { SandboxCounts } from "./traffic.ts";
import type { World } from "./world.ts";

/** The two ways HighLevel spells its OAuth fields, by the version they belong to. */
export type ApiVersion = "2021-07-28" | "v3";

/** Everything the sandbox is: who is installed, what was issued, how it behaves. */
export interface Simulation {
  app: SandboxApp;
  random: Random;
  /** Client ids of the app's pairs that were deleted at HighLevel. */
  readonly deletedPairs: Set<string>;
  readonly world: World;
  readonly ledger: Ledger;
  readonly settings: Settings;
  readonly counts: SandboxCounts;
  /** Tells subscribers that an installation came or went. */
  readonly announce: (type: "INSTALL" | "UNINSTALL", place: Installation) => void;
}

/** One request, read, as the endpoints see it. */
export interface Call {
  readonly method: string;
  readonly url: URL;
  readonly headers: Headers;
  readonly body: string;
  /** The spelling of the version the request names; without a header the legacy one. */
  readonly version: ApiVersion;
  readonly now: number;
  readonly simulation: Simulation;
  /** Counts the call against an installation's limits; throws the 429 when they are used up. */
  charge(place: Installation, path: "oauth" | "api"): void;
}

/** What an endpoint answers, before it becomes a `Response`. */
export interface Answer {
  /** HTTP status. */
  readonly status: number;
  /** A text, or a value to send as JSON. @default no body */
  readonly body?: unknown;
  /** Headers beside `content-type`. @default none */
  readonly headers?: Readonly<Record<string, string>>;
}
