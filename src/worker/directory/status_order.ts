import type { ConnectionStatus } from "../../stores/mod.ts";

/** Statuses as people look for them: what needs somebody comes first. */
export const STATUS_ORDER: readonly ConnectionStatus[] = [
  "broken",
  "reauthorization_required",
  "paused",
  "connected",
];

/** The place of `status` in {@linkcode STATUS_ORDER}. */
export function placeOf(status: ConnectionStatus): number {
  return STATUS_ORDER.indexOf(status);
}

/** The status at `place`. */
export function statusAt(place: unknown): ConnectionStatus {
  return STATUS_ORDER[Number(place)] ?? "broken";
}
