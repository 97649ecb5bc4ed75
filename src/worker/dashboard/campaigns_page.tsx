/** @jsxRuntime automatic */
/** @jsxImportSource hono/jsx */
import type { JSX } from "hono/jsx/jsx-runtime";
import type { Campaign } from "../directory/campaign_api.ts";
import { ByAgency, ByIds, Choice, type ChoiceForm, type ChoiceTrouble } from "./choices.tsx";
import { fill } from "./fill.ts";
import { RecentPanel } from "./recent_panel.tsx";
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
  const wrong = trouble === "nobody" ? undefined : trouble;
  return {
    title: trouble ? `${words.invalid} · ${words.campaigns}` : words.campaigns,
    section: "campaigns",
    body: (
      <>
        <h1>{words.campaigns}</h1>
        <p class="lead">{words.campaignsLead}</p>
        {trouble === "nobody" && <p class="note bad" role="alert">{words.campaignNobody}</p>}
        <p>
          {lost === 1 ? words.planLinkOne : fill(view, words.planLink, { count: lost })}{" "}
          <a href={`${base}/ui/plan`}>{words.plan}</a>
        </p>
        {mayAct(view)
          ? (
            <div class="choices">
              <ByStatus view={view} form={form} />
              <ByAgency
                view={view}
                form={form}
                companies={companies}
                trouble={wrong?.kind === "company" ? wrong : undefined}
              />
              <ByIds view={view} form={form} trouble={wrong?.kind === "ids" ? wrong : undefined} />
            </div>
          )
          : <p class="note">{words.viewerOnly}</p>}
        <RecentPanel
          view={view}
          title={words.recentCampaigns}
          none={words.noCampaigns}
          doneName={words.cameBack}
          leftName={words.missing}
          recent={recent.map((campaign) => ({
            href: `${base}/ui/campaigns/${campaign.id}`,
            at: campaign.createdAt,
            state: <CampaignBadge view={view} campaign={campaign} />,
            startedBy: campaign.startedBy,
            total: campaign.total,
            done: campaign.total - campaign.missing,
            left: campaign.missing,
          }))}
          older={cursor && `${base}/ui/campaigns?cursor=${encodeURIComponent(cursor)}`}
        />
      </>
    ),
  };
}

function ByStatus({ view, form }: { view: View; form: ChoiceForm }): JSX.Element {
  const { words } = view;
  return (
    <Choice view={view} form={form} what="status" title={words.byStatus}>
      <label for="by-status">{words.byStatusLead}</label>
      <select id="by-status" name="status">
        {(["reauthorization_required", "broken"] as const).map((one) => (
          <option value={one}>{words[one]}</option>
        ))}
      </select>
      <label class="check">
        <input type="checkbox" name="agencyFirst" checked /> {words.agencyFirst}
      </label>
    </Choice>
  );
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
