/** @jsxRuntime automatic */
/** @jsxImportSource hono/jsx */
import type { JSX } from "hono/jsx/jsx-runtime";
import type { JobProgress } from "../recovery_job/job_api.ts";
import { ByAgency, ByIds, Choice, type ChoiceForm, type ChoiceTrouble } from "./choices.tsx";
import { fill } from "./fill.ts";
import { Moment } from "./moment.tsx";
import { JobState } from "./progress_page.tsx";
import { STATUS_ORDER } from "../directory/status_order.ts";
import { mayAct, numberText, type PageParts, type View } from "./view.ts";

/** Starts bulk recoveries, and finds those started lately. */
export function bulkPage(
  view: View,
  { recent, companies, cursor, trouble }: {
    recent: readonly JobProgress[];
    /** Asks for older ones. */
    cursor?: string;
    companies: readonly { readonly id: string; readonly name: string | undefined }[];
    trouble?: ChoiceTrouble;
  },
): PageParts {
  const { words, base } = view;
  const form = { action: `${base}/ui/recoveries`, submit: words.start, agencyHint: words.byAgencyHint };
  return {
    title: trouble ? `${words.invalid} · ${words.bulk}` : words.bulk,
    section: "bulk",
    body: (
      <>
        <h1>{words.bulk}</h1>
        <p class="lead">{words.bulkLead}</p>
        {mayAct(view)
          ? (
            <div class="choices">
              <ByStatus view={view} form={form} />
              <ByAgency
                view={view}
                form={form}
                companies={companies}
                trouble={trouble?.kind === "company" ? trouble : undefined}
              />
              <ByIds view={view} form={form} trouble={trouble?.kind === "ids" ? trouble : undefined} />
            </div>
          )
          : !view.isReadOnly && <p class="note">{words.viewerOnly}</p>}
        <section class="panel" aria-labelledby="recent">
          <h2 id="recent">{words.recent}</h2>
          <Recent view={view} recent={recent} />
          {cursor !== undefined && (
            <p>
              <a href={`${view.base}/ui/recoveries?cursor=${encodeURIComponent(cursor)}`}>{words.older}</a>
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
        {STATUS_ORDER.map((one) => <option value={one}>{words[one]}</option>)}
      </select>
    </Choice>
  );
}

function Recent({ view, recent }: { view: View; recent: readonly JobProgress[] }): JSX.Element {
  const { words, base } = view;
  if (recent.length === 0) return <p class="quiet-text">{words.noRecent}</p>;
  return (
    <table class="cards">
      <thead>
        <tr>
          <th scope="col">{words.started}</th>
          <th scope="col">{words.status}</th>
          <th scope="col">{words.startedBy}</th>
          <th scope="col" class="number">{words.recovered}</th>
          <th scope="col" class="number">{words.unrecovered}</th>
        </tr>
      </thead>
      <tbody>
        {recent.map((job) => (
          <tr>
            <th scope="row">
              <a class="name" href={`${base}/ui/recoveries/${job.id}`}>
                <Moment view={view} at={new Date(job.createdAt)} />
              </a>
            </th>
            <td>
              <JobState view={view} job={job} />
            </td>
            <td data-label={words.startedBy}>{job.startedBy}</td>
            <td class="number" data-label={words.recovered}>
              {fill(view, words.ended, { done: job.recovered, total: job.total })}
            </td>
            <td class="number" data-label={words.unrecovered}>
              {numberText(view, job.paused + job.reauthorization_required + job.failed)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
