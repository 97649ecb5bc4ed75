import { Connections, type TokenStore } from "../../../mod.ts";
import { duration, times } from "../quantity.ts";
import { compared, timed } from "../rounds.ts";
import { row } from "../row.ts";
import { atMost, type Row } from "../section.ts";
import { APP, storeLiving } from "../hot/stored.ts";

const CONNECTIONS = 200;
const CALLS = 1_000;
const ROUNDS = 15;

/** A store, and its read without it. */
export interface Reading {
  /** What the row says of the store. */
  readonly what: string;
  /** The store. */
  readonly store: TokenStore;
  /** What is measured beside it, in words. */
  readonly against: string;
  /** Asks for the record under `key` as `store` does, without it. */
  readonly again: (key: string) => Promise<unknown>;
  /** How many times the bare read a call may take; no goal where it is absent. */
  readonly goal?: number;
}

/** `accessToken` on living connections of a store, next to the bare read of the same records. */
export async function livingOn({ what, store, against, again, goal }: Reading): Promise<Row> {
  const ids = await storeLiving(store, CONNECTIONS);
  const targets = ids.map((locationId) => ({ locationId }));
  const { entries } = await store.list({ limit: CONNECTIONS });
  const keys = entries.map(({ key }) => key);
  const connections = new Connections({ app: APP, store });
  const found = await compared(
    ROUNDS,
    async () =>
      await timed(async () => {
        for (let call = 0; call < CALLS; call++) {
          await connections.accessToken(targets[call % CONNECTIONS] ?? { locationId: "" });
        }
      }) / CALLS,
    async () =>
      await timed(async () => {
        for (let call = 0; call < CALLS; call++) await again(keys[call % CONNECTIONS] ?? "");
      }) / CALLS,
  );
  return row(`accessToken, living, ${what}`, {
    value: found.ours,
    reference: found.reference,
    against,
    ratio: found.ratio,
    show: duration,
    ...(goal !== undefined && { verdict: atMost(found.ratio, goal, times) }),
  });
}
