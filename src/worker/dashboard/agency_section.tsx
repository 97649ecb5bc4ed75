/** @jsxRuntime automatic */
/** @jsxImportSource hono/jsx */
import type { JSX } from "hono/jsx/jsx-runtime";
import type { AgencyPlan } from "../directory/agency_plan.ts";
import type { DirectoryCounts } from "../directory/directory_api.ts";
import { STATUS_ORDER } from "../directory/status_order.ts";
import { fill } from "./fill.ts";
import { StatusIcon } from "./status_badge.tsx";
import { mayAct, numberText, type View } from "./view.ts";

/** What is known of an agency's locations. */
export interface AgencyFacts {
  /** Its locations, by where they stand. */
  readonly counts: DirectoryCounts;
  /** Who brings back those that need a person. */
  readonly plan: Pick<AgencyPlan, "ways">;
  /** The id that a bulk recovery begun from here gets: sent twice, it begins once. */
  readonly nextJob: string;
}

/** An agency's locations: where they stand, how they come back, and all at once. */
export function AgencySection(
  { view, companyId, agency: { counts, plan, nextJob } }: {
    view: View;
    companyId: string;
    agency: AgencyFacts;
  },
): JSX.Element {
  const { words, base } = view;
  const { broken, reauthorization_required: person } = counts.byStatus;
  const list = (status: string): string =>
    `${base || "/"}?${new URLSearchParams({ agency: companyId, kind: "location", ...status && { status } })}`;
  const { agency, itself, person: alone } = plan.ways;
  return (
    <section class="panel" aria-labelledby="locations">
      <div class="panel-head">
        <h2 id="locations">{words.locations}</h2>
        <a href={list("")}>{fill(view, words.allOf, { count: counts.total })}</a>
        {broken + person > 0 && mayAct(view) && (
          <form method="post" action={`${base}/ui/recoveries`} data-busy={words.starting}>
            <input type="hidden" name="what" value="company" />
            <input type="hidden" name="company" value={companyId} />
            <input type="hidden" name="lost" value="on" />
            <input type="hidden" name="job" value={nextJob} />
            <button type="submit">{words.recoverAgency}</button>
          </form>
        )}
      </div>
      <ul class="legend">
        {STATUS_ORDER.map((status) => (
          <li class={status}>
            <StatusIcon status={status} /> <a href={list(status)}>{words[status]}</a>{" "}
            <b>{numberText(view, counts.byStatus[status])}</b>
          </li>
        ))}
      </ul>
      {agency + itself + alone > 0 && (
        <p class="quiet-text">
          {words.plan}: {([["agency", agency], ["itself", itself], ["person", alone]] as const)
            .filter(([, n]) => n > 0).map(([way, n]) => `${words.planWays[way]} ${numberText(view, n)}`)
            .join(" · ")}
        </p>
      )}
    </section>
  );
}
