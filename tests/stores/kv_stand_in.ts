import type { DenoKvKey, DenoKvLike } from "../../src/stores/deno_kv_like.ts";

/** What may happen around an operation of {@linkcode standIn}. */
export interface Around {
  /** Before each read. */
  readonly beforeGet?: (key: DenoKvKey) => Promise<unknown> | void;
  /** Before each commit. */
  readonly beforeCommit?: () => Promise<unknown> | void;
  /** After each commit. */
  readonly afterCommit?: () => Promise<unknown> | void;
  /** Told of each write, as it is asked for. */
  readonly onSet?: (key: DenoKvKey, options: { expireIn?: number } | undefined) => void;
}

/** A Deno KV between a store and `kv`, as a slow network, a broken disk or a suspended process make it. */
export function standIn(kv: Deno.Kv, { beforeGet, beforeCommit, afterCommit, onSet }: Around): DenoKvLike {
  return {
    get: async (key) => {
      await beforeGet?.(key);
      return await kv.get([...key]);
    },
    delete: (key) => kv.delete(key),
    list: (range, options) => kv.list(range, options),
    atomic: () => {
      const operation = kv.atomic();
      const commit = operation.commit.bind(operation);
      const set = operation.set.bind(operation);
      return Object.assign(operation, {
        set: (key: DenoKvKey, value: unknown, options?: { expireIn?: number }) => {
          onSet?.(key, options);
          return set(key, value, options);
        },
        commit: async () => {
          await beforeCommit?.();
          const result = await commit();
          await afterCommit?.();
          return result;
        },
      });
    },
  };
}
