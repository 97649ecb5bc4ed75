import { firstKeyId, resealRecord } from "../../moving/host.ts";
import type { ObjectParts } from "./object_parts.ts";

/** Seals the record under the first sealing key, here and in KV, unless it is; nothing where none is held. */
export async function resealConnection(
  { app, key, store, records }: ObjectParts,
): Promise<{ readonly became?: "resealed" | "already" | "unreadable" }> {
  const first = await firstKeyId(app.settings.sealingKeys);
  const resealed = await resealRecord({ store, opening: records, first }, key);
  await store.settled();
  return resealed ? { became: resealed.result } : {};
}
