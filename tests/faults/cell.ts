// One cell of the fault matrix: a world, and a process in it that meets trouble.
import type { Connections } from "../../src/connections/connections.ts";
import type { ConnectionTarget } from "../../src/oauth/target.ts";
import type { FaultHandle } from "../../src/sandbox/mod.ts";
import { type TestWorld, world } from "../connections/world.ts";
import { TroubledStore } from "./troubled_store.ts";

/** A process in trouble, and what it showed. */
export interface Cell {
  readonly w: TestWorld;
  /** Between the process in trouble and the store that all share. */
  readonly store: TroubledStore;
  /** How far the clock of the process in trouble is off, ms. */
  readonly clock: { skewMs: number };
  /** The process in trouble. */
  readonly connections: Connections;
  /** Everything that was thrown, told or returned, tokens asked for excepted. */
  readonly shown: unknown[];
  /** Connections that must live, or end honestly, once the trouble is over. */
  readonly targets: ConnectionTarget[];
  /** Requests that met a fault of HighLevel's. */
  readonly faults: FaultHandle[];
  /** Passed between a step's `prepare` and its `run`. */
  readonly notes: Map<string, string>;
}

/** How the process in trouble differs from others. */
export interface CellOptions {
  readonly seed: number;
  /** Longest wait for one attempt, ms of real time. */
  readonly timeoutMs: number;
  /** Whether HighLevel's own pauses take real time. */
  readonly isSlow: boolean;
  /** Puts itself between the process and what it uses. */
  readonly through?: Passage;
}

/** What a process reaches its surroundings through. */
export interface Passage {
  <T>(work: () => Promise<T>): Promise<T>;
}

/** Makes a cell; nothing has happened yet. */
export function makeCell({ seed, timeoutMs, isSlow, through = (work) => work() }: CellOptions): Cell {
  const w = world({
    sandbox: {
      seed,
      companies: [{ companyId: "agency", locations: [{ locationId: "child" }, { locationId: "other" }] }],
      locations: [{ locationId: "lonely" }],
      ...(isSlow && { sleep: realSleep }),
    },
  });
  const clock = { skewMs: 0 };
  const shown: unknown[] = [];
  const store = new TroubledStore(w.memory);
  const connections = w.another({
    app: { ...w.sandbox.app, fetch: (input, init) => through(() => w.sandbox.fetch(input, init)) },
    store: {
      get: (key) => through(() => store.get(key)),
      put: (key, record, options) => through(() => store.put(key, record, options)),
      delete: (key) => through(() => store.delete(key)),
      list: (options) => through(() => store.list(options)),
    },
    now: () => w.clock.now() + clock.skewMs,
    sleep: (ms) => through(() => w.clock.sleep(ms)),
    timeoutMs,
    onEvent: (event) => shown.push(event),
    scope: w.sandbox.app.scope,
  });
  return { w, store, clock, connections, shown, targets: [], faults: [], notes: new Map() };
}

function realSleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal?.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(signal.reason);
    }, { once: true });
  });
}
