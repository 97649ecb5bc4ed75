/** @jsxRuntime automatic */
/** @jsxImportSource hono/jsx */
import type { JSX } from "hono/jsx/jsx-runtime";
import type { LinkOf } from "../customer/many_links.ts";
import type { AgencyPlan, LostStatus } from "../directory/agency_plan.ts";
import { connectionPath } from "./connection_path.ts";
import { Copyable } from "./copyable.tsx";
import { fill } from "./fill.ts";
import { Moment } from "./moment.tsx";
import { mayAct, numberText, type PageParts, type View } from "./view.ts";

/** Who brings back what is lost: a few agencies first, and who is left to click. */
export function planPage(
  view: View,
  { plan, status, linkOf }: { plan: AgencyPlan; status: LostStatus; linkOf: LinkOf },
): PageParts {
  const { words, base } = view;
  const { agencies, alone, ways } = plan;
  const isEmpty = agencies.length === 0 && alone.length === 0;
  return {
    title: words.plan,
    section: "campaigns",
    body: (
      <>
        <div class="title">
          <div>
            <h1>{words.plan}</h1>
            <p class="subtitle">{words.planLead}</p>
          </div>
          {mayAct(view) && !isEmpty && (
            <form method="post" action={`${base}/ui/campaigns`} data-busy={words.starting}>
              <input type="hidden" name="what" value="status" />
              <input type="hidden" name="status" value={status} />
              <input type="hidden" name="agencyFirst" value="on" />
              <button type="submit" class="primary">{words.makeCampaign}</button>
            </form>
          )}
        </div>
        {!plan.isComplete && <p class="quiet-text">{words.listIncomplete}</p>}
        {isEmpty ? <p class="note good">{words.planNone}</p> : (
          <>
            <dl class="tiles three">
              {(["agency", "itself", "person"] as const).map((way) => (
                <div class={`tile ${ways[way] === 0 ? "zero" : ""}`}>
                  <dt class="tile-name">{words.planWays[way]}</dt>
                  <dd class="tile-count">{numberText(view, ways[way])}</dd>
                </div>
              ))}
            </dl>
            {agencies.length > 0 && <Agencies view={view} agencies={agencies} linkOf={linkOf} />}
            {alone.length > 0 && <Alone view={view} plan={plan} linkOf={linkOf} />}
          </>
        )}
      </>
    ),
  };
}

function Agencies(
  { view, agencies, linkOf }: { view: View; agencies: AgencyPlan["agencies"]; linkOf: LinkOf },
): JSX.Element {
  const { words, base } = view;
  return (
    <section class="panel" aria-labelledby="agencies">
      <h2 id="agencies">{words.planAgencies}</h2>
      <p class="quiet-text">{words.planAgenciesLead}</p>
      <table class="cards people">
        <thead>
          <tr>
            <th scope="col">{words.agency}</th>
            <th scope="col">{words.needed}</th>
            <th scope="col" class="number">{words.bringsBack}</th>
            <th scope="col">{words.link}</th>
          </tr>
        </thead>
        <tbody>
          {agencies.map(({ companyId, name, state, locations }) => (
            <tr>
              <th scope="row">
                <a class="name" href={connectionPath(base, { companyId })}>{name ?? words.company}</a>
                <code class="id">{companyId}</code>
              </th>
              <td>{words.planStates[state]}</td>
              <td class="number" data-label={words.bringsBack}>{numberText(view, locations)}</td>
              <LinkCell view={view} link={linkOf({ kind: "company", id: companyId })} />
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Alone({ view, plan, linkOf }: { view: View; plan: AgencyPlan; linkOf: LinkOf }): JSX.Element {
  const { words, base } = view;
  const { alone, cursor } = plan;
  return (
    <section class="panel" aria-labelledby="alone">
      <h2 id="alone">{words.planAlone}</h2>
      <table class="cards people">
        <thead>
          <tr>
            <th scope="col">{words.connection}</th>
            <th scope="col">{words.agency}</th>
            <th scope="col">{words.since}</th>
            <th scope="col">{words.link}</th>
          </tr>
        </thead>
        <tbody>
          {alone.map(({ locationId, name, agency, companyId, since }) => (
            <tr>
              <th scope="row">
                <a class="name" href={connectionPath(base, { locationId })}>{name ?? words.location}</a>
                <code class="id">{locationId}</code>
              </th>
              <td>{(agency ?? companyId) && <bdi>{agency ?? companyId}</bdi>}</td>
              <td data-label={words.since}>
                <Moment view={view} at={since} />
              </td>
              <LinkCell view={view} link={linkOf({ kind: "location", id: locationId })} />
            </tr>
          ))}
        </tbody>
      </table>
      {cursor !== undefined && (
        <p class="quiet-text">{fill(view, words.planFirst, { count: alone.length })}</p>
      )}
    </section>
  );
}

/** A link to copy; empty where there is none. */
export function LinkCell({ view, link }: { view: View; link: string | undefined }): JSX.Element {
  const { words } = view;
  return (
    <td data-label={link && words.link}>
      {link && <Copyable view={view} text={link} what={words.link} />}
    </td>
  );
}
