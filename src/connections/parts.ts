import { defined } from "../oauth/defined.ts";
import { appIdOf, baseOf } from "../oauth/highlevel_app.ts";
import { sleep as defaultSleep } from "../oauth/request/retry.ts";
import { createAgencies } from "./agencies.ts";
import type { AttemptHost, AttemptRequest } from "./attempt_host.ts";
import { type ConnectionKey, connectionKeys, spreadOf } from "./connection_key.ts";
import { createEmit } from "./events.ts";
import { createFailureMemory } from "./failure_memory.ts";
import { Forgettings } from "./forgettings.ts";
import { createGiveUp } from "./give_up.ts";
import { Healings } from "./healings.ts";
import type { ConnectionsOptions } from "./options.ts";
import { dueAtOf, freshness, marginOf } from "./policy.ts";
import { reconnectEndpoint } from "./reconnect_endpoint.ts";
import type { ConnectionRecord, UsableRecord } from "./record.ts";
import { createRecordStore } from "./record_store.ts";
import { createRunAlone } from "./run_alone.ts";
import { createTokenSource, type TokenSource } from "./token_source.ts";

/** What the methods of `Connections` call. */
export interface Parts extends AttemptHost {
  /** The app's base URL, with a slash at its end: tokens go nowhere else. */
  readonly base: string;
  /** Which calls healing did not help. */
  readonly healings: Healings;
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
  let toldAt = -Infinity;

  const isUsable = (
    { spread }: ConnectionKey,
    record: ConnectionRecord | undefined,
    { minLifetimeMs, aheadMs = 0, rejected }: Pick<AttemptRequest, "minLifetimeMs" | "aheadMs" | "rejected">,
  ): record is UsableRecord => {
    const leastMs = minLifetimeMs ?? marginOf(record, refreshMarginMs, spread) + aheadMs;
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
    giveUp: createGiveUp(records, !lock && store.readsLag === true, now),
  };
  const keyOf = connectionKeys(prefix);
  const source = createTokenSource(host, keyOf, background);
  if (!lock) queueMicrotask(() => emit({ type: "store_without_lock" }));

  return {
    ...host,
    mint: agencies.mint,
    base: baseOf(app),
    healings: new Healings(),
    prefix,
    keyOf,
    source,
    background,
    forgettings: new Forgettings(),
    tick: () => toldAt = Math.max(now(), toldAt + 0.001),
  };
}
