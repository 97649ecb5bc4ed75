// One process of a run: everything it waits for is an effect that the scheduler carries out, or not.
import type { Connections } from "../../src/connections/connections.ts";
import type { StoredRecord, TokenStore } from "../../src/stores/token_store.ts";
import { hashOf } from "./hash.ts";
import type { Answer, HighLevel, RequestKind } from "./highlevel.ts";
import type { SharedStore } from "./shared_store.ts";
import type { CallName } from "./starts.ts";
import type { TimerOwner } from "./virtual_time.ts";

/** What a process can wait for. */
export type EffectKind = "start" | "get" | "put" | "delete" | "lock" | "unlock" | RequestKind;

/** Something that a process waits for. */
export interface Effect {
  readonly kind: EffectKind;
  /** Names it in a run: `A1.put2`. */
  readonly label: string;
  /** Whether it can be carried out now. */
  readonly isReady: () => boolean;
  /** Carries it out; what it gives tells the process how it went. */
  readonly work: () => Promise<() => void>;
  /** The same, by what stood in the store before. */
  readonly staleWork: (() => Promise<() => void>) | undefined;
  /** Tells the process that it went wrong. */
  readonly fail: (error: Error) => void;
}

/** How a call ended: with a token, a code, or what it told. */
export interface CallEnd {
  readonly token?: string;
  readonly code?: string;
  readonly told?: string;
}

/** What a process is made of. */
export interface Surroundings {
  readonly Connections: typeof Connections;
  readonly store: SharedStore;
  readonly highLevel: HighLevel;
  /** The true time, ms. */
  readonly now: () => number;
  /** Whether the store has a lock, versions and notes, or lags and has none. */
  readonly isLagging: boolean;
  /** Told what a process has written over what. */
  readonly onWritten: (process: Process, record: StoredRecord, before: StoredRecord | undefined) => void;
}

/** A process: it can die, and sleep. */
export class Process implements TimerOwner {
  readonly name: string;
  /** What it was asked for. */
  readonly call: CallName;
  readonly aheadMs: number;
  readonly connections: Connections;
  /** How that ended. */
  end: CallEnd | undefined;
  /** Whether it has looked at the store. */
  hasLooked = false;
  /** Whether it was asked before somebody asked to forget the connection. */
  isBeforeForgetting = false;
  /** What it waits for, in the order in which it began to. */
  effects: Effect[] = [];
  isDead = false;
  /** Until when it sleeps, ms. */
  sleepsUntil: number | undefined;
  /** It slept past its lease: what it did then is excused. */
  hasSlept = false;
  /** A write of its own was refused, lost or late: what others could not know then is excused. */
  hasStoreTrouble = false;
  /** A read of its own was refused, or hung: it may write without having looked. */
  hasReadTrouble = false;
  /** The refresh token that it sent last. */
  spends: string | undefined;
  /** HighLevel called the refresh token dead, and the store was not read since. */
  owesLook = false;
  /** The key whose lock it holds, with its fence. */
  held: { readonly key: string; readonly fence: number } | undefined;
  /** Stands for all that it has learnt, and so for all that it knows. */
  history = 0;
  readonly #counts = new Map<string, number>();
  readonly #world: Surroundings;

  constructor(name: string, call: CallName, aheadMs: number, world: Surroundings) {
    this.name = name;
    this.call = call;
    this.aheadMs = aheadMs;
    this.#world = world;
    const { highLevel: { app }, now } = world;
    this.connections = new world.Connections({
      app: { ...app, fetch: (input, init) => this.#fetch(input, init) },
      store: this.#store(),
      now: () => now() + aheadMs,
    });
  }

  /** Waits for `work` to be carried out. A dead process waits for ever. */
  ask<T>(
    kind: EffectKind,
    work: () => T | Promise<T>,
    { isReady = () => true, describe = String, told = () => {}, stale }: {
      readonly isReady?: () => boolean;
      /** What a store that lags may give instead. */
      readonly stale?: () => T;
      /** Tells what came of it from all else that could have come of it. */
      readonly describe?: (result: T) => string;
      /** Called when the process learns of it. */
      readonly told?: (result: T) => void;
    } = {},
  ): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    if (this.isDead) return promise;
    const label = this.#labelOf(kind);
    const after = (work: () => T | Promise<T>) => async () => {
      const result = await work();
      return () => {
        this.learn(label, describe(result));
        told(result);
        resolve(result);
      };
    };
    this.effects.push({
      kind,
      label,
      isReady,
      work: after(work),
      staleWork: stale && after(stale),
      fail: (error) => {
        this.learn(label, error.message);
        reject(error);
      },
    });
    return promise;
  }

  /** Takes `effect` out of what it waits for: something becomes of it. */
  take(effect: Effect): void {
    this.effects = this.effects.filter((other) => other !== effect);
  }

  /** All that decides what it will do, and what is thought of it. */
  state(): string {
    if (this.isDead) return this.name;
    const { name, history, sleepsUntil, hasSlept, hasStoreTrouble, hasReadTrouble } = this;
    const { token = "", code, told } = this.end ?? {};
    const thought = [hasSlept, hasStoreTrouble, hasReadTrouble, this.owesLook, this.isBeforeForgetting];
    const effects = this.effects.map(({ label }) => label);
    return [name, history, sleepsUntil, thought, code, told, hashOf(token), effects].join(" ");
  }

  /** Notes that it learnt something. */
  learn(label: string, what: string): void {
    this.history = hashOf(`${label} ${what} ${this.#world.now()}`, this.history);
  }

  /** The name of the next effect of `kind`. */
  #labelOf(kind: string): string {
    const count = (this.#counts.get(kind) ?? 0) + 1;
    this.#counts.set(kind, count);
    return `${this.name}.${kind}${count}`;
  }

  async #fetch(input: string, init: RequestInit): Promise<Response> {
    const { highLevel } = this.#world;
    const kind = highLevel.kindOf(input, init);
    highLevel.beforeAsking(this, kind, init);
    const { status, text, headers } = await this.ask<Answer>(
      kind,
      () => highLevel.answer(this, kind, input, init),
      {
        describe: ({ status, text }) => `${status} ${text.slice(-200)}`, // with its trace id
        told: (answer) => highLevel.told(this, answer),
      },
    );
    return new Response(text, { status, headers });
  }

  #store(): TokenStore {
    const { store, isLagging, onWritten } = this.#world;
    const basic = {
      get: (key: string) =>
        this.ask<StoredRecord | undefined>("get", () => store.get(key), {
          describe: (record) => `${record?.version} ${store.hashOf(key)}`,
          told: () => {
            if (!key.includes("/location/")) return;
            this.hasLooked = true;
            this.owesLook = false;
          },
          stale: () => store.getStale(key),
        }),
      put: (key: string, record: StoredRecord, options = {}) =>
        this.ask("put", () => {
          const before = store.get(key);
          const isWritten = store.put(key, record, isLagging ? {} : options);
          if (isWritten) onWritten(this, record, before);
          return isWritten;
        }),
      delete: (key: string) => this.ask("delete", () => store.delete(key)),
      list: () => Promise.resolve({ entries: [] }),
    };
    if (isLagging) return { ...basic, readsLag: true };
    return {
      ...basic,
      keepsNotes: true,
      lock: async (key, run) => {
        const fence = await this.ask("lock", () => store.take(key, this), {
          isReady: () => store.isFree(key),
          told: (fence) => void (this.held = { key, fence }),
        });
        try {
          return await run(fence);
        } finally {
          await this.ask("unlock", () => store.release(key, this), {
            told: () => void (this.held = undefined),
          });
        }
      },
    };
  }
}
