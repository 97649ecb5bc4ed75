import type { Simulation } from "./call.ts";
import { companyIdOf, type Installation } from "./installation.ts";
import type { Rotation } from "./ledger.ts";
import type { SandboxApp } from "./options.ts";
import { Random, type RandomState } from "./random.ts";
import type { Deprecation } from "./world.ts";

/** The whole world as plain JSON: app, installations, and every token and code ever issued. */
export interface SandboxState {
  /** Always 1. */
  readonly version: 1;
  /** The app and its secrets. */
  readonly app: SandboxApp;
  /** Where the randomness stood. */
  readonly random: RandomState;
  /** The serial number of the next token or code. */
  readonly nextSerial: number;
  /** Whether reconnect was removed. */
  readonly reconnectRemoved: boolean;
  /** Companies and locations. */
  readonly installations: readonly InstallationState[];
  /** Tokens, each with its holder's place in `installations`. */
  readonly tokens: readonly TokenState[];
  /** Codes, each with its holder's place in `installations`. */
  readonly codes: readonly CodeState[];
  /** Client ids of deleted pairs. @default none, in older snapshots */
  readonly deletedPairs?: readonly string[];
  /** Versions of the app that were given notice. @default none, in older snapshots */
  readonly deprecations?: readonly Deprecation[];
}

/** An installation in a snapshot; older snapshots lack some of its fields. */
export type InstallationState =
  & Readonly<Omit<Installation, LaterField>>
  & Readonly<Partial<Pick<Installation, LaterField>>>;

/** The fields that older snapshots lack. */
export type LaterField = "userId" | "versionId" | "planId" | "onTrial" | "bulk" | "whiteLabel" | "limits";

/** A token in a snapshot. */
export interface TokenState {
  /** Which of the two. */
  readonly kind: "access" | "refresh";
  /** The unique part of its text. */
  readonly id: string;
  /** Its place in the order of issue. */
  readonly serial: number;
  /** Index of its holder in `installations`. */
  readonly holder: number;
  /** Ms since the epoch. */
  readonly issuedAt: number;
  /** Ms since the epoch. */
  readonly expiresAt: number;
  /** Whether it has been used. */
  readonly spent: boolean;
  /** The client it was issued to; `null` for any pair of the app. @default null, in older snapshots */
  readonly clientId?: string | null;
  /** Its holder's company when it was issued. @default the holder's, in older snapshots */
  readonly companyId?: string | null;
  /** Its claim of that name. @default null, in older snapshots: it has no such claim */
  readonly primaryAuthClassId?: string | null;
  /** How it was used up. @default null, in older snapshots: nobody knows, so no window is open */
  readonly rotation?: Rotation | null;
}

/** A code in a snapshot. */
export interface CodeState {
  /** Its text. */
  readonly code: string;
  /** Its place in the order of issue. */
  readonly serial: number;
  /** Index of its holder in `installations`. */
  readonly holder: number;
  /** Ms since the epoch. */
  readonly expiresAt: number;
  /** The only client that may exchange it; `null` for any pair of the app. */
  readonly clientId: string | null;
  /** The redirect it was issued for, if any. */
  readonly redirectUri: string | null;
  /** The version of the app that it installs. @default null, in older snapshots */
  readonly versionId?: string | null;
  /** Whether it has been used. */
  readonly spent: boolean;
}

/** Takes a snapshot. Faults, counts, rate limits, webhooks and their keys are no part of it. */
export function takeSnapshot(simulation: Simulation): SandboxState {
  const { app, random, world, ledger } = simulation;
  const installations = [...world.all()];
  const places = new Map(installations.map((place, index) => [place, index]));
  const placed = <T extends { readonly holder: Installation }>(
    record: T,
  ): Omit<T, "holder"> & { readonly holder: number } => ({
    ...record,
    holder: places.get(record.holder) ?? -1,
  });
  return {
    version: 1,
    app,
    random: random.state,
    nextSerial: ledger.nextSerial,
    reconnectRemoved: world.reconnectRemoved,
    installations: installations.map((place) => ({ ...place })),
    tokens: Array.from(ledger.tokens.values(), placed),
    codes: Array.from(ledger.codes.values(), placed),
    deletedPairs: [...simulation.deletedPairs],
    deprecations: world.deprecations,
  };
}

/** Makes a simulation what the snapshot says. */
export function loadSnapshot(simulation: Simulation, state: SandboxState): void {
  const { world, ledger } = simulation;
  if (state.version !== 1) throw new Error("This is no snapshot of a sandbox.");
  simulation.app = state.app;
  simulation.random = new Random(state.random);
  world.clear();
  world.reconnectRemoved = state.reconnectRemoved;
  world.deprecations = state.deprecations ?? [];
  simulation.deletedPairs.clear();
  for (const clientId of state.deletedPairs ?? []) simulation.deletedPairs.add(clientId);
  const places = state.installations.map((place) => world.put(restored(place, simulation.random)));
  const holderAt = (index: number): Installation => {
    const place = places[index];
    if (place === undefined) throw new Error("The snapshot has a token without a holder.");
    return place;
  };
  ledger.tokens.clear();
  for (const token of state.tokens) {
    const holder = holderAt(token.holder);
    const { clientId = null, companyId = companyIdOf(holder), primaryAuthClassId = null, rotation = null } =
      token;
    ledger.tokens.set(token.id, { ...token, holder, clientId, companyId, primaryAuthClassId, rotation });
  }
  ledger.codes.clear();
  for (const code of state.codes) {
    const { versionId = null } = code;
    ledger.codes.set(code.code, { ...code, versionId, holder: holderAt(code.holder) });
  }
  ledger.nextSerial = state.nextSerial;
}

/** An installation of a snapshot, with the defaults of what an older one lacks. */
function restored(state: InstallationState, random: Random): Installation {
  return {
    versionId: null,
    planId: null,
    onTrial: false,
    bulk: null,
    whiteLabel: null,
    limits: null,
    ...state,
    userId: state.userId ?? random.id(),
  };
}
