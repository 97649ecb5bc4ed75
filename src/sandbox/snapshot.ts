import type { Simulation } from "./call.ts";
import type { SandboxApp } from "./options.ts";
import { Random, type RandomState } from "./random.ts";
import type { Installation } from "./world.ts";

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
  readonly installations: readonly Readonly<Installation>[];
  /** Tokens, each with its holder's place in `installations`. */
  readonly tokens: readonly TokenState[];
  /** Codes, each with its holder's place in `installations`. */
  readonly codes: readonly CodeState[];
}

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
  /** Whether it has been used. */
  readonly spent: boolean;
}

/** Takes a snapshot. Faults, counts, rate limits and webhook keys are no part of it. */
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
  const places = state.installations.map((place) => world.put({ ...place }));
  const holderAt = (index: number): Installation => {
    const place = places[index];
    if (place === undefined) throw new Error("The snapshot has a token without a holder.");
    return place;
  };
  ledger.tokens.clear();
  for (const token of state.tokens) ledger.tokens.set(token.id, { ...token, holder: holderAt(token.holder) });
  ledger.codes.clear();
  for (const code of state.codes) ledger.codes.set(code.code, { ...code, holder: holderAt(code.holder) });
  ledger.nextSerial = state.nextSerial;
}
