// What can happen in a random walk: one thing after another, to a few connections of two processes.
import fc from "fast-check";
import type { FaultKind } from "../../src/sandbox/mod.ts";
import { DAY, HOUR, MINUTE } from "./world.ts";

/** A connection of a walk. */
export type Target = { readonly locationId: string; readonly companyId?: never } | {
  readonly companyId: string;
  readonly locationId?: never;
};

export const COMPANY = { companyId: "walkCompany" };
export const TARGETS: readonly Target[] = [
  { locationId: "walkMember1" },
  { locationId: "walkMember2" },
  { locationId: "walkAlone" },
  COMPANY,
];

/** What stays as it is through a walk. */
export interface WalkOptions {
  /** The store has versions, a lock with fences, and keeps notes; or it has none of that, and the lock is the host's. */
  readonly hasVersions?: boolean;
  /** The clock of the second process is a minute ahead of HighLevel's and the first one's. */
  readonly isApart?: boolean;
}

const FAULTS = [
  "refuse",
  "reset_before",
  "reset_after",
  "cut_body",
  "stream_error",
  "empty",
  "html_502",
  "html_502_after",
  "status",
] as const satisfies readonly FaultKind[];

/** One thing that happens. */
export type Op =
  | { readonly op: "call" | "recover" | "fetch" | "abort"; readonly who: number; readonly at: number }
  | { readonly op: "storm"; readonly at: number; readonly count: number }
  | {
    readonly op: "forget" | "save" | "expire" | "pause" | "resume" | "uninstall" | "lose";
    readonly at: number;
  }
  | { readonly op: "incident" | "remove" | "restore" | "settle" | "restart" }
  | { readonly op: "jump"; readonly ms: number }
  /** Calls of the store fail, or never answer. */
  | { readonly op: "storeFault" | "storeHang"; readonly method: "get" | "put"; readonly times: number }
  /** HighLevel answers a refresh that comes again alike for 30 s, or never. */
  | { readonly op: "window"; readonly on: boolean }
  /** For a minute HighLevel calls every refresh token dead. */
  | { readonly op: "failover" }
  /** HighLevel does its work at once, and takes so long to answer. */
  | { readonly op: "slow"; readonly ms: number }
  | {
    readonly op: "fault";
    readonly on: "refresh" | "reconnect" | "exchange" | "locationToken" | "any";
    readonly kind: typeof FAULTS[number];
    readonly times: number;
  };

/** One of `words`, as a word and no text. */
const constantFrom = <const T extends string>(...words: readonly T[]): fc.Arbitrary<T> =>
  fc.constantFrom(...words);
const at = fc.nat({ max: TARGETS.length - 1 });

/** Anything that can happen. */
export const anyOp: fc.Arbitrary<Op> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({ op: constantFrom("call", "fetch"), who: fc.nat(1), at }),
  },
  {
    weight: 5,
    arbitrary: fc.record({ op: constantFrom("recover", "abort"), who: fc.nat(1), at }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ op: constantFrom("storm"), at, count: fc.integer({ min: 2, max: 12 }) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ op: constantFrom("forget", "save"), at }),
  },
  {
    weight: 9,
    arbitrary: fc.record({
      op: constantFrom(
        "expire",
        "lose",
        "pause",
        "resume",
        "resume",
        "uninstall",
      ),
      at,
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      op: constantFrom(
        "incident",
        "remove",
        "restore",
        "settle",
        "settle",
        "restart",
      ),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      op: constantFrom("jump"),
      ms: fc.constantFrom(MINUTE, HOUR, 23 * HOUR, DAY, 3 * DAY, -MINUTE, -2 * HOUR),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      op: constantFrom("storeFault"),
      method: constantFrom("get", "put"),
      times: fc.constantFrom(1, 2, 3, 7, 1000),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      op: constantFrom("storeHang"),
      method: constantFrom("get", "put"),
      times: fc.constantFrom(1, 2, 3),
    }),
  },
  { weight: 2, arbitrary: fc.record({ op: constantFrom("window"), on: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ op: constantFrom("failover") }) },
  {
    weight: 2,
    arbitrary: fc.record({ op: constantFrom("slow"), ms: fc.constantFrom(0, 5_000, 25_000, 45_000) }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      op: constantFrom("fault"),
      on: constantFrom(
        "refresh",
        "reconnect",
        "exchange",
        "locationToken",
        "any",
      ),
      kind: fc.constantFrom(...FAULTS),
      times: fc.integer({ min: 1, max: 4 }),
    }),
  },
);

/** Any world of a walk. */
export const anyOptions: fc.Arbitrary<WalkOptions> = fc.record({
  hasVersions: fc.boolean(),
  isApart: fc.boolean(),
});
