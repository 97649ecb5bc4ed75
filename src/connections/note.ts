import { defined } from "../oauth/defined.ts";
import type { ConnectionTarget } from "../oauth/target.ts";
import type { ConnectionDetails } from "./options.ts";
import type { Parts } from "./parts.ts";
import { unlessForgotten } from "./record.ts";
import { detailsOf, isSameTold, withDetails } from "./transitions.ts";

/** Notes what was told of a connection that is held; see `Connections.note`. */
export async function note(
  { keyOf, records, runAlone, nextUpdatedAt }: Parts,
  given: ConnectionTarget,
  details: ConnectionDetails,
): Promise<void> {
  const { key, target } = keyOf(given);
  const told = detailsOf(target, details);
  await runAlone(key, async (fence) => {
    let held = await records.read(key);
    do {
      const before = unlessForgotten(held);
      const made = before && withDetails(target, before, told);
      const record = made && defined({ ...made, name: told.name ?? made.name }); // of two names the later word
      if (!record || isSameTold(record, before)) return;
      // What came meanwhile stands, and is noted on.
      held = await records.writeThrough(key, { ...record, updatedAt: nextUpdatedAt(before) }, before, fence);
    } while (held);
  });
}
