import { defined } from "../../oauth/host.ts";
import { kindIn } from "../kind_and_id.ts";
import type { Campaign, CampaignMember, MemberState } from "./campaign_api.ts";
import { campaignStatus, memberState } from "./campaign_rules.ts";
import { numberIn, textIn } from "../durable/cells.ts";
import { statusAt } from "./status_order.ts";

/** What a campaign's row has as JSON: nothing that anybody searches by. */
export type CampaignFacts = Pick<Campaign, "source" | "startedBy" | "message">;

/** The campaign in a row. */
export function campaignIn(row: Record<string, unknown>, now: number): Campaign {
  const { source, startedBy, message }: CampaignFacts = JSON.parse(String(row.facts));
  const missing = Number(row.missing);
  const endsAt = Number(row.endsAt);
  return defined({
    id: String(row.id),
    status: campaignStatus({ missing, endsAt }, now),
    startedBy,
    createdAt: Number(row.at),
    endsAt,
    finishedAt: numberIn(row.finishedAt),
    source,
    message,
    total: Number(row.total),
    asked: Number(row.asked),
    missing,
  });
}

/** Where the member in a row stands. */
export function stateIn({ asks, endedBy, openedAt }: Record<string, unknown>): MemberState {
  const by = (["person", "agency", "itself", "gone"] as const).find((one) => one === endedBy);
  return memberState({
    isAsked: asks === 1,
    openedAt: numberIn(openedAt),
    endedBy: by,
  });
}

/** The member in a row, with what its connection's row tells. */
export function memberIn(row: Record<string, unknown>): CampaignMember {
  const kind = kindIn(row.kind);
  return defined({
    kind,
    id: String(row.id),
    state: stateIn(row),
    isAsked: row.asks === 1,
    name: textIn(row.name),
    companyId: kind === "company" ? undefined : textIn(row.companyId),
    agency: textIn(row.agency),
    status: row.status === null ? undefined : statusAt(row.status),
    cause: textIn(row.cause),
    since: row.sinceDesc === null ? undefined : -Number(row.sinceDesc),
    openedAt: numberIn(row.openedAt),
    endedAt: numberIn(row.endedAt),
  });
}
