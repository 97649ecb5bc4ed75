import type { ConnectionTarget } from "../oauth/target.ts";
import type { ConnectionDetails } from "./options.ts";
import type { Parts } from "./parts.ts";
import { isOpen, STEPS } from "./policy.ts";
import { unlessForgotten } from "./record.ts";
import { detailsOf, withDetails } from "./transitions.ts";

/** The step that {@linkcode Connections.planAll} expects to be tried first, or `"person"`. */
export interface RecoveryPlan {
  /** Which connection. */
  readonly target: ConnectionTarget;
  /** Where its ladder would start. */
  readonly startsWith: "refresh" | "reconnect" | "agency" | "person";
}

/** Yields where the ladder of each target would start; see `Connections.planAll`. */
export async function* planAll(
  { records, endpoint, keyOf }: Parts,
  targets: Iterable<ConnectionTarget> | AsyncIterable<ConnectionTarget>,
  details: ConnectionDetails,
): AsyncGenerator<RecoveryPlan, void, undefined> {
  for await (const given of targets) {
    const { key, target } = keyOf(given);
    const record = withDetails(target, unlessForgotten(await records.read(key)), detailsOf(target, details));
    const situation = { record, endpointRemoved: await endpoint.removed(), forced: false };
    yield { target, startsWith: STEPS.find((step) => isOpen(step, situation)) ?? "person" };
  }
}
