import { isWrittenTo } from "../directory/campaign_rules.ts";
import type { Campaign, CampaignMember } from "../directory/campaign_api.ts";
import { targetOf } from "../kind_and_id.ts";

/** A campaign as routes answer it. */
export function campaignAnswer<T extends Campaign>({ createdAt, endsAt, finishedAt, ...rest }: T): object {
  return { ...rest, ...dated({ createdAt, endsAt, finishedAt }) };
}

/** A connection of a campaign as routes answer it. */
export function memberAnswer({ kind, id, since, openedAt, endedAt, ...rest }: CampaignMember): object {
  return { target: targetOf({ kind, id }), ...rest, ...dated({ since, openedAt, endedAt }) };
}

/** Members that get a link. */
export function linked(members: readonly CampaignMember[]): CampaignMember[] {
  return members.filter(isWrittenTo);
}

function dated(moments: Readonly<Record<string, number | undefined>>): object {
  return Object.fromEntries(
    Object.entries(moments).flatMap(([name, at]) => at === undefined ? [] : [[name, new Date(at)]]),
  );
}
