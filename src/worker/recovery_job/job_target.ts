import type { ConnectionTarget } from "../../oauth/mod.ts";
import type { JobTarget } from "./job_api.ts";

/** `target` as jobs carry it. */
export function jobTargetOf(
  { locationId, companyId }: { readonly locationId?: string; readonly companyId?: string },
): JobTarget {
  return locationId === undefined
    ? { kind: "company", id: companyId ?? "" }
    : { kind: "location", id: locationId };
}

/** The connection that a job's target names. */
export function targetOf({ kind, id }: JobTarget): ConnectionTarget {
  return kind === "company" ? { companyId: id } : { locationId: id };
}
