import type { ConnectionDetails } from "../../connections/mod.ts";
import { type PlainRecovery, plainRecovery } from "../durable/plain_result.ts";
import { answerToOrder } from "./answer_to_order.ts";
import type { BulkOrder } from "./connection_api.ts";
import { recoverOneOfMany } from "./get_installed.ts";
import { linkFor } from "./link_for.ts";
import type { ObjectParts } from "./object_parts.ts";
import { suspendedRecovery } from "./suspension.ts";

/** Climbs the ladder, by a person's request or as one of an order's many, unless that order is fulfilled already. A suspended connection is left alone. */
export async function recoverConnection(
  parts: ObjectParts,
  details: ConnectionDetails,
  order: BulkOrder | undefined,
  actor: string | undefined,
): Promise<PlainRecovery> {
  const { target, connections, facts, store } = parts;
  const { suspended } = facts.installation;
  if (suspended) return suspendedRecovery(target, suspended);
  const answer = order && answerToOrder(target, await parts.record(), order);
  if (answer) return answer;
  const told = { ...facts.installation.details, ...details };
  const recovery = order
    ? await recoverOneOfMany(parts, told)
    : await askedBy(parts, actor, () => connections.recover(target, { details: told }));
  await store.settled();
  const needsPerson = recovery.outcome === "reauthorization_required";
  const link = needsPerson ? await linkFor(parts, await parts.record()) : {};
  return { ...plainRecovery(recovery), ...link };
}

/** Lets history say that what `work` comes to was asked for by `actor`. */
async function askedBy<T>(
  { asking }: ObjectParts,
  actor: string | undefined,
  work: () => Promise<T>,
): Promise<T> {
  asking.actor = actor;
  try {
    return await work();
  } finally {
    if (asking.actor === actor) asking.actor = undefined;
  }
}
