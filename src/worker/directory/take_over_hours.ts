import type { DirectoryApi } from "./directory_api.ts";
import type { FactTable } from "./directory_facts.ts";
import type { Hours } from "./hours.ts";

/** Takes the counts of the `former` object, before this one, once. */
export async function takeOverHours(
  storage: Pick<DurableObjectStorage, "transactionSync">,
  { facts, hours }: { readonly facts: FactTable; readonly hours: Hours },
  former: () => Pick<DirectoryApi, "handOver">,
  now: number,
): Promise<void> {
  if (facts.get("hoursTakenAt") !== undefined) return;
  const handedOver = await former().handOver();
  storage.transactionSync(() => {
    if (facts.get("hoursTakenAt") !== undefined) return;
    hours.takeOver(handedOver);
    facts.set("hoursTakenAt", now);
  });
}
