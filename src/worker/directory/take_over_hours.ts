import type { WorkerEnv } from "../env.ts";
import type { FactTable } from "./directory_facts.ts";
import type { Hours } from "./hours.ts";

/** The object that counted for the dashboard before there was a directory. */
const FORMER_NAME = "all";

/** Takes the counts of the object before the directory, once. */
export async function takeOverHours(
  { DIRECTORY }: Pick<WorkerEnv, "DIRECTORY">,
  { facts, hours, storage }: {
    readonly facts: FactTable;
    readonly hours: Hours;
    readonly storage: Pick<DurableObjectStorage, "transactionSync">;
  },
  now: number,
): Promise<void> {
  if (facts.get("hoursTakenAt") !== undefined) return;
  const former = await DIRECTORY.get(DIRECTORY.idFromName(FORMER_NAME)).handOver();
  storage.transactionSync(() => {
    if (facts.get("hoursTakenAt") !== undefined) return;
    hours.takeOver(former);
    facts.set("hoursTakenAt", now);
  });
}
