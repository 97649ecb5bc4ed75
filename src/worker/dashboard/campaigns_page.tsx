/** @jsxRuntime automatic */
/** @jsxImportSource hono/jsx */
import type { JSX } from "hono/jsx/jsx-runtime";
import type { Campaign } from "../directory/campaign_api.ts";
import { ByAgency, ByIds, Choice, type ChoiceForm, type ChoiceTrouble } from "./choices.tsx";
import { fill, fillCount } from "./fill.ts";
import { Moment } from "./moment.tsx";
import { StatusIcon } from "./status_badge.tsx";
import { mayAct, numberText, type PageParts, type View } from "./view.ts";

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
          {fillCount(view, words.planLink, lost)} <a href={`${base}/ui/plan`}>{words.plan}</a>
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
        <section class="panel" aria-labelledby="recent">
          <h2 id="recent">{words.recentCampaigns}</h2>
          <Recent view={view} recent={recent} />
          {cursor !== undefined && (
            <p>
              <a href={`${base}/ui/campaigns?cursor=${encodeURIComponent(cursor)}`}>{words.older}</a>
            </p>
          )}
        </section>
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

function Recent({ view, recent }: { view: View; recent: readonly Campaign[] }): JSX.Element {
  const { words, base } = view;
  if (recent.length === 0) return <p class="quiet-text">{words.noCampaigns}</p>;
  return (
    <table class="cards">
      <thead>
        <tr>
          <th scope="col">{words.started}</th>
          <th scope="col">{words.status}</th>
          <th scope="col">{words.startedBy}</th>
          <th scope="col" class="number">{words.cameBack}</th>
          <th scope="col" class="number">{words.missing}</th>
        </tr>
      </thead>
      <tbody>
        {recent.map((campaign) => (
          <tr>
            <th scope="row">
              <a class="name" href={`${base}/ui/campaigns/${campaign.id}`}>
                <Moment view={view} at={campaign.createdAt} />
              </a>
            </th>
            <td>
              <CampaignBadge view={view} campaign={campaign} />
            </td>
            <td data-label={words.startedBy}>{campaign.startedBy}</td>
            <td class="number" data-label={words.cameBack}>
              {fill(view, words.ended, { done: campaign.total - campaign.missing, total: campaign.total })}
            </td>
            <td class="number" data-label={words.missing}>{numberText(view, campaign.missing)}</td>
          </tr>
        ))}
      </tbody>
    </table>
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
