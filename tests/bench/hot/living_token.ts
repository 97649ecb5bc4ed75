import { Connections, MemoryStore } from "../../../mod.ts";
import { duration, times } from "../quantity.ts";
import { compared, timed } from "../rounds.ts";
import { row } from "../row.ts";
import { atMost, type Row } from "../section.ts";
import { APP, storeLiving } from "./stored.ts";

const CONNECTIONS = 1_000;
const CALLS = 50_000;
const MARGIN_MS = 300_000;

/** `accessToken` on living connections in memory, next to the least that can be done: look up, check, answer. */
export async function livingToken(): Promise<Row> {
  const store = new MemoryStore();
  const ids = await storeLiving(store, CONNECTIONS);
  const connections = new Connections({ app: APP, store });
  const targets = ids.map((locationId) => ({ locationId }));
  const held = new Map<string, { readonly accessToken: string; readonly expiresAt: number }>();
  for (const locationId of ids) {
    const { accessToken, expiresAt } = await connections.tokens({ locationId });
    held.set(locationId, { accessToken, expiresAt: expiresAt.getTime() });
  }
  // deno-lint-ignore require-await -- a caller of a store awaits it
  const lookUp = async (id: string): Promise<string> => {
    const found = held.get(id);
    if (!found || found.expiresAt - Date.now() < MARGIN_MS) throw new Error("no living token");
    return found.accessToken;
  };

  const ours = async (): Promise<number> =>
    await timed(async () => {
      for (let call = 0; call < CALLS; call++) {
        await connections.accessToken(targets[call % CONNECTIONS] ?? { locationId: "" });
      }
    }) / CALLS;
  const reference = async (): Promise<number> =>
    await timed(async () => {
      for (let call = 0; call < CALLS; call++) await lookUp(ids[call % CONNECTIONS] ?? "");
    }) / CALLS;

  const found = await compared(41, ours, reference);
  return row("accessToken, living, memory store", {
    value: found.ours,
    reference: found.reference,
    against: "awaited Map look-up and expiry check",
    ratio: found.ratio,
    show: duration,
    verdict: atMost(found.ratio, 3, times),
  });
}
