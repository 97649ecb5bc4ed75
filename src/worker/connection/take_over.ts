import { type Belongings, firstEditionName, moveIn } from "./first_edition.ts";
import type { ObjectParts } from "./object_parts.ts";

/**
 * Takes over what the first edition's object of this connection holds, where this one holds nothing: stores it first, then
 * has the old one empty itself. Where this one ends in between it is full, and the old one's alarm comes to the same end.
 */
export async function takeOver(parts: ObjectParts): Promise<void> {
  const { sql, arrival } = parts;
  if (!sql.isEmpty) return;
  const arriving = arrival.ended ??= askFirstEdition(parts);
  try {
    await arriving;
  } catch (error) {
    if (arrival.ended === arriving) arrival.ended = undefined;
    throw error;
  }
}

/** What the first edition held is in KV too: where KV has nothing, no object of it is woken, made-up ids' least of all. */
async function askFirstEdition(parts: ObjectParts): Promise<void> {
  const { app, key } = parts;
  const { CONNECTIONS, TOKENS } = app.env;
  const copy = await TOKENS.get(key).catch(() => undefined); // KV that does not answer may have one
  if (copy === null) return;
  const old = CONNECTIONS.get(CONNECTIONS.idFromName(firstEditionName(key)));
  const belongings = await old.handOver();
  if (belongings === undefined) return;
  await keepBelongings(parts, belongings);
  await old.handedOver();
}

/** Stores what an object of the first edition held, unless something is held here; durable once it resolves. */
export async function keepBelongings(parts: ObjectParts, belongings: Belongings): Promise<void> {
  const { sql, storage, isChanged } = parts;
  if (sql.isEmpty) {
    sql.transactionSync(() => moveIn(sql, belongings));
    isChanged.now = true;
  }
  await storage.sync();
}
