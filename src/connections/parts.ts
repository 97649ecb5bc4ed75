import { defined } from "../oauth/defined.ts";
import { appIdOf } from "../oauth/highlevel_app.ts";
import { sleep as defaultSleep } from "../oauth/request/retry.ts";
import { createAgencies } from "./agencies.ts";
import type { AttemptHost } from "./attempt.ts";
import { type ConnectionKey, connectionKeys, spreadOf } from "./connection_key.ts";
import { createEmit } from "./events.ts";
import { createFailureMemory } from "./failure_memory.ts";
import { Forgettings } from "./forget.ts";
import type { ConnectionsOptions } from "./options.ts";
import { dueAtOf, freshness, marginOf } from "./policy.ts";
import { reconnectEndpoint } from "./reconnect_endpoint.ts";
import type { ConnectionRecord, UsableRecord } from "./record.ts";
import { createRecordStore } from "./record_store.ts";
import { createRunAlone } from "./run_alone.ts";
import { createTokenSource, type TokenSource } from "./token_source.ts";

/** What the methods of `Connections` call. */
export interface Parts extends AttemptHost {
  /** Where records of this app are: what their keys begin with. */
  readonly prefix: string;
  /** Where the record of a connection is kept. Checks the target. */
  readonly keyOf: ReturnType<typeof connectionKeys>;
  /** Usable tokens, by whatever it takes. */
  readonly source: TokenSource;
  /** Keeps work alive beyond the answer it began in. */
  readonly background: (work: Promise<unknown>) => void;
  /** What was forgotten here. */
  readonly forgettings: Forgettings;
  /** A moment after all that this process has told before, ms: of two grants of a millisecond the later one stands. */
  readonly tick: () => number;
}

/** A store that lags is looked at once more after this, ms, before a connection is given up in it. */
const SECOND_LOOK_MS = 60_000;
/** Connections remembered that are about to be given up so. */
const MAX_GIVEN_UP = 10_000;

/** Puts the parts together; sends and reads nothing. */
export function createParts(options: ConnectionsOptions): Parts {
  const { app, store, now = Date.now, sleep = defaultSleep, refreshMarginMs = 300_000, timeoutMs, scope } =
    options;
  const { coolDownMs = 30_000, storeTimeoutMs = 30_000, background = (work) => void work.catch(() => {}) } =
    options;
  const prefix = `${appIdOf(app)}/`;
  const lock = options.lock ?? store.lock?.bind(store);
  const requests = defined({ now, sleep, timeoutMs });
  const emit = createEmit(options.onEvent, now);
  const runAlone = createRunAlone(lock, storeTimeoutMs);
  const records = createRecordStore({
    store,
    timeoutMs: storeTimeoutMs,
    sleep,
    dueAt: (key, record) => dueAtOf(record, refreshMarginMs, spreadOf(key)),
    onUnsaved: ({ target }, error) => emit({ type: "store_failed", target, error }),
  });
  const givenUpAt = new Map<string, number>();
  let toldAt = -Infinity;

  const isUsable = (
    { spread }: ConnectionKey,
    record: ConnectionRecord | undefined,
    { minLifetimeMs, rejected }: { readonly minLifetimeMs?: number; readonly rejected?: string },
  ): record is UsableRecord => {
    const leastMs = minLifetimeMs ?? marginOf(record, refreshMarginMs, spread);
    return freshness(record, now(), leastMs, rejected) === "usable";
  };
  const agencies = createAgencies({
    app,
    requests,
    companyToken: (companyId, rejected) => source.token({ companyId }, defined({ rejected })),
  });
  const host: AttemptHost = {
    app,
    scope,
    records,
    runAlone,
    requests,
    emit,
    isUsable,
    endpoint: reconnectEndpoint(store, appIdOf(app), now, storeTimeoutMs),
    failures: createFailureMemory(now, coolDownMs),
    mint: options.mint ?? agencies.mint,
    keepsNotes: store.keepsNotes === true,
    nextUpdatedAt: (record) => Math.max(now(), (record?.updatedAt ?? 0) + 1),
    giveUp: async ({ key }, record, before, fence) => {
      const isGivenUp = record.status === "reauthorization_required" || record.refreshTokenDead === true;
      const firstAt = givenUpAt.get(key) ?? now();
      // Another process may have refreshed meanwhile, and a store that lags not show it yet: whoever comes to the same end a
      // minute later writes it.
      if (!lock && store.readsLag && isGivenUp && now() - firstAt < SECOND_LOOK_MS) {
        if (givenUpAt.size >= MAX_GIVEN_UP) givenUpAt.clear();
        givenUpAt.set(key, firstAt);
        return await records.newer(key, record, before);
      }
      givenUpAt.delete(key);
      return (await records.write(key, record, before, fence)).by;
    },
  };
  const keyOf = connectionKeys(prefix);
  const source = createTokenSource(host, keyOf, background);
  if (!lock) queueMicrotask(() => emit({ type: "store_without_lock" }));

  return {
    ...host,
    mint: agencies.mint,
    prefix,
    keyOf,
    source,
    background,
    forgettings: new Forgettings(),
    tick: () => toldAt = Math.max(now(), toldAt + 0.001),
  };
}
