import { exportRecords } from "../../moving/export_records.ts";
import { firstKeyId, resealRecords } from "../../moving/reseal_records.ts";
import { restoreRecords } from "../../moving/restore_records.ts";
import { sealed } from "../../stores/sealed.ts";
import type { TokenStore } from "../../stores/token_store.ts";
import { UsageError } from "../usage_error.ts";
import type { Mover, Resealed } from "./mover.ts";

/** What {@linkcode storeMover} works with. */
export interface StoreMoverOptions {
  /** HighLevel's id of the app. */
  readonly appId: string;
  /** The store, as it lies there. */
  readonly store: TokenStore;
  /** The store's sealing keys. */
  readonly sealingKeys: readonly string[];
  /** The key of the export, where it has its own. */
  readonly exportKey: string | undefined;
  /** What it is, for messages. */
  readonly name: string;
  /** Closes the store. */
  readonly close: () => void;
}

/** Connections at a time. */
const PAGE_LINES = 500;

/** A store as a side of a move. */
export function storeMover(
  { appId, store, sealingKeys, exportKey, name, close }: StoreMoverOptions,
): Mover {
  const opened = sealingKeys.length > 0 ? sealed(store, { keys: sealingKeys }) : store;
  const keys = (): readonly string[] => {
    const all = [...exportKey === undefined ? [] : [exportKey], ...sealingKeys];
    if (all.length > 0) return all;
    throw new UsageError(({ usage }) => usage.exportKey);
  };
  return {
    name,
    isWorker: false,
    pageLines: PAGE_LINES,
    exportLines: (cursor) =>
      exportRecords(opened, { appId, keys: keys(), ...cursor !== undefined && { cursor } }),
    restore: (page, { isDryRun }) =>
      Array.fromAsync(restoreRecords(opened, page, { appId, keys: keys(), isDryRun, isPart: true })),
    async *reseal() {
      if (sealingKeys.length === 0) {
        throw new UsageError(({ usage }) => usage.sealingKeys);
      }
      const counts = { resealed: 0, already: 0, unreadable: 0 };
      const told = (): Resealed => ({ key, ...counts, failed: 0 });
      const key = await firstKeyId(sealingKeys);
      for await (const { result } of resealRecords(store, { appId, keys: sealingKeys })) {
        counts[result]++;
        yield told();
      }
      yield told();
    },
    close,
  };
}
