/** @jsxRuntime automatic */
/** @jsxImportSource hono/jsx */
import type { JSX } from "hono/jsx/jsx-runtime";
import type { Campaign } from "../directory/campaign_api.ts";
import { BegunTable } from "./begun_table.tsx";
import { Choices, type ChoiceTrouble } from "./choices.tsx";
import { fillCount } from "./fill.ts";
import { StatusIcon } from "./status_badge.tsx";
import { mayAct, type PageParts, type View } from "./view.ts";

/** Begins campaigns, and finds those begun before. */
export function campaignsPage(
  view: View,
  { recent, companies, lost, cursor, trouble }: {
    recent: readonly Campaign[];
    companies: readonly { readonly id: string; readonly name: string | undefined }[];
    /** How many connections need a person. */
    lost: number;
    /** Asks for older ones. */
    cursor?: string;
    trouble?: ChoiceTrouble | "nobody";
  },
): PageParts {
  const { words, base } = view;
  const form = {
    action: `${base}/ui/campaigns`,
    submit: words.beginCampaign,
    agencyHint: words.campaignAgencyHint,
  };
  return {
    title: trouble ? `${words.invalid} · ${words.campaigns}` : words.campaigns,
    section: "campaigns",
    body: (
      <>
        <h1>{words.campaigns}</h1>
        <p class="lead">{words.campaignsLead}</p>
        {trouble === "nobody" && <p class="note bad" role="alert">{words.campaignNobody}</p>}
        <p>
          {fillCount(view, words.planLink, lost)} <a href={`${base}/ui/plan`}>{words.plan}</a>
        </p>
        {mayAct(view)
          ? (
            <Choices
              view={view}
              form={form}
              statuses={["reauthorization_required", "broken"]}
              companies={companies}
              trouble={trouble === "nobody" ? undefined : trouble}
            >
              <label class="check">
                <input type="checkbox" name="agencyFirst" checked /> {words.agencyFirst}
              </label>
            </Choices>
          )
          : <p class="note">{words.viewerOnly}</p>}
        <BegunTable
          view={view}
          title={words.recentCampaigns}
          path={`${base}/ui/campaigns`}
          begun={recent.map((campaign) => ({
            ...campaign,
            createdAt: new Date(campaign.createdAt),
            state: <CampaignBadge view={view} campaign={campaign} />,
            done: campaign.total - campaign.missing,
            left: campaign.missing,
          }))}
          cursor={cursor}
          none={words.noCampaigns}
          done={words.cameBack}
          left={words.missing}
        />
      </>
    ),
  };
}

/** Where a campaign stands, by colour, shape and word. */
export function CampaignBadge(
  { view, campaign: { status } }: { view: View; campaign: Pick<Campaign, "status"> },
): JSX.Element {
  const shape = ({ running: "reauthorization_required", done: "connected", over: "paused" } as const)[status];
  return (
    <span class={`badge ${shape}`}>
      <StatusIcon status={shape} />
      {view.words.campaignStates[status]}
    </span>
  );
}
