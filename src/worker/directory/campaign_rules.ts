import { SUSPENDED } from "../connection/suspension.ts";
import type { CampaignMember, CampaignStatus, MemberEnd, MemberState } from "./campaign_api.ts";
import type { DirectoryCause, KeptRow } from "./directory_api.ts";

/*
 * What campaigns make of what is known, as rules over values. Moments are in ms.
 */

/** Where a campaign stands that misses so many and whose links end at `endsAt`. */
export function campaignStatus(
  { missing, endsAt }: { readonly missing: number; readonly endsAt: number },
  now: number,
): CampaignStatus {
  if (missing === 0) return "done";
  return now >= endsAt ? "over" : "running";
}

/** Where a connection of a campaign stands. */
export function memberState(
  { isAsked, openedAt, endedBy }: {
    readonly isAsked: boolean;
    readonly openedAt: number | undefined;
    readonly endedBy: MemberEnd | undefined;
  },
): MemberState {
  if (endedBy) return endedBy;
  if (openedAt !== undefined) return "opened";
  return isAsked ? "waiting" : "following";
}

/** Why a connection is paused that a person suspended. */
export const SUSPENDED_CAUSE: DirectoryCause = `${SUSPENDED.code}/${SUSPENDED.reason}`;

/** Whether a member is written to: it is asked and not back, and nobody has suspended it meanwhile. */
export function isWrittenTo(
  { isAsked, endedAt, cause }: Pick<CampaignMember, "isAsked" | "endedAt" | "cause">,
): boolean {
  return isAsked && endedAt === undefined && cause !== SUSPENDED_CAUSE;
}

/** What a connection's row, or that it went, means for campaigns that wait for it. */
export type Sighting =
  | { readonly is: "ended"; readonly by: MemberEnd }
  | { readonly is: "opened"; readonly at: number }
  | { readonly is: "nothing" };

/** What `row` means for a campaign that began at `createdAt`; `undefined`: the connection is not known any more. */
export function sightingOf(row: KeptRow | undefined, createdAt: number): Sighting {
  if (!row) return { is: "ended", by: "gone" };
  if (row.status === "connected") return { is: "ended", by: row.returnedBy ?? "itself" };
  const { linkOpenedAt = 0 } = row;
  return linkOpenedAt >= createdAt ? { is: "opened", at: linkOpenedAt } : { is: "nothing" };
}
