import type { RecordSummary, StoreListOptions } from "./token_store.ts";

/** Whether a record with this `summary` is one of those that `status` and `dueBefore` ask for. */
export function isListed(
  { status: own, dueAt }: RecordSummary,
  { status, dueBefore }: Pick<StoreListOptions, "status" | "dueBefore">,
): boolean {
  const isDue = dueBefore === undefined || dueAt !== undefined && dueAt < dueBefore;
  return isDue && (status === undefined || status === own);
}
