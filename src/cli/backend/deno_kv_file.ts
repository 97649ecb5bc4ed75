import { closeSync, openSync } from "node:fs";
import { DenoKvStore } from "../../stores/deno_kv_store.ts";
import type { OpenedStore } from "./sqlite_file.ts";
import { UsageError } from "../usage_error.ts";

/** Opens the Deno KV file at `path`; a new one is readable by its owner only. */
export async function openDenoKvFile(path: string, leaseMs: number): Promise<OpenedStore> {
  if (typeof Deno === "undefined") {
    throw new UsageError(({ usage }) => usage.denoKvElsewhere);
  }
  if (typeof Deno.openKv !== "function") {
    throw new UsageError(({ usage }) => usage.denoKvOff);
  }
  if (path !== ":memory:") closeSync(openSync(path, "a", 0o600));
  const kv = await Deno.openKv(path);
  return { store: new DenoKvStore(kv, { leaseMs }), close: () => kv.close() };
}
