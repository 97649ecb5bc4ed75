// Where a run starts, and what its two processes are asked for.
import { connectedRecord } from "../../src/connections/transitions.ts";
import { encodeRecord } from "../../src/connections/codec.ts";
import { tokenSetFrom } from "../../src/oauth/token_set.ts";
import { DAY } from "../connections/world.ts";
import type { Run } from "./run.ts";

/** The one connection of all runs. */
export const LOCATION = { locationId: "exhaustiveLocation" };

/** What a process can be asked for. */
export type CallName = "accessToken" | "recover" | "forget" | "authorize" | "save" | "note";

/** What ends a forgetting that was before it. */
export const REVIVES: ReadonlySet<CallName> = new Set<CallName>(["recover", "authorize", "save"]);

/** Where a run starts. */
export interface Start {
  readonly name: string;
  /** What the first and the second process are asked for. */
  readonly calls: readonly [CallName, CallName];
  /** Makes the world so. */
  readonly prepare: (run: Run) => void;
}

export const STARTS: readonly Start[] = [
  { name: "expired", calls: ["accessToken", "accessToken"], prepare: expired },
  { name: "ending in a minute", calls: ["accessToken", "accessToken"], prepare: ending(60) },
  { name: "ending in two seconds", calls: ["accessToken", "accessToken"], prepare: ending(2) },
  { name: "expired, one by request", calls: ["recover", "accessToken"], prepare: expired },
  { name: "lost at HighLevel", calls: ["accessToken", "accessToken"], prepare: lostThere },
  { name: "lost at HighLevel, one by request", calls: ["recover", "accessToken"], prepare: lostThere },
  { name: "lost here", calls: ["accessToken", "accessToken"], prepare: lostHere },
  { name: "being forgotten", calls: ["accessToken", "forget"], prepare: expired },
  { name: "recovered by request, being forgotten", calls: ["recover", "forget"], prepare: expired },
  { name: "authorised, being forgotten", calls: ["authorize", "forget"], prepare: authorised(expired) },
  { name: "being authorised", calls: ["accessToken", "authorize"], prepare: authorised(expired) },
  {
    name: "forgotten, being authorised",
    calls: ["accessToken", "authorize"],
    prepare: authorised(forgotten),
  },
  { name: "lost, being authorised", calls: ["recover", "authorize"], prepare: authorised(lostThere) },
  { name: "expired, being imported", calls: ["accessToken", "save"], prepare: imported(expired) },
  { name: "imported, being forgotten", calls: ["save", "forget"], prepare: imported(expired) },
  { name: "expired, being noted", calls: ["accessToken", "note"], prepare: expired },
  { name: "noted, being forgotten", calls: ["note", "forget"], prepare: expired },
];

/** The start of that name. */
export function startNamed(wanted: string): Start {
  const start = STARTS.find(({ name }) => name === wanted);
  if (!start) throw new Error(`there is no start called ${wanted}`);
  return start;
}

/** Tokens in the store whose access token has ended. */
function expired({ highLevel, store, key, time }: Run): void {
  const tokens = tokenSetFrom(highLevel.sandbox.install(LOCATION), time.at, "Location");
  store.put(key, encodeRecord(connectedRecord(LOCATION, { tokens }, undefined, time.at)));
  time.at += DAY;
}

/** Tokens in the store whose access token ends soon. */
function ending(seconds: number): (run: Run) => void {
  return (run) => {
    expired(run);
    run.time.at -= (seconds + 1) * 1000; // it lives a second less than a day
  };
}

/** Tokens in the store that HighLevel has lost. */
function lostThere(run: Run): void {
  expired(run);
  run.highLevel.sandbox.loseTokens();
}

/** A connection that was forgotten here. */
function forgotten(run: Run): void {
  const { store, key, time } = run;
  expired(run);
  store.put(key, encodeRecord({ target: LOCATION, status: "forgotten", updatedAt: time.at }));
}

/** An installation of which the store knows nothing. */
function lostHere({ highLevel, time }: Run): void {
  highLevel.sandbox.install(LOCATION);
  time.at += DAY;
}

/** A person has agreed, and comes with a code. */
function authorised(prepare: (run: Run) => void): (run: Run) => void {
  return (run) => {
    prepare(run);
    run.highLevel.personsCode = run.highLevel.sandbox.authorize(LOCATION);
  };
}

/** Somebody brings tokens that he got elsewhere. */
function imported(prepare: (run: Run) => void): (run: Run) => void {
  return (run) => {
    prepare(run);
    const { highLevel, time } = run;
    highLevel.personsTokens = tokenSetFrom(highLevel.sandbox.install(LOCATION), time.at, "Location");
  };
}
