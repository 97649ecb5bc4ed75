/** @jsxRuntime automatic */
/** @jsxImportSource hono/jsx */
import type { JSX } from "hono/jsx/jsx-runtime";
import type { JobProgress } from "../recovery_job/job_api.ts";
import { ByAgency, ByIds, Choice, type ChoiceForm, type ChoiceTrouble } from "./choices.tsx";
import { JobState } from "./progress_page.tsx";
import { RecentPanel } from "./recent_panel.tsx";
import { STATUS_ORDER } from "../directory/status_order.ts";
import { mayAct, type PageParts, type View } from "./view.ts";

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
        <RecentPanel
          view={view}
          title={words.recent}
          none={words.noRecent}
          doneName={words.recovered}
          leftName={words.unrecovered}
          recent={recent.map((job) => ({
            href: `${base}/ui/recoveries/${job.id}`,
            at: new Date(job.createdAt),
            state: <JobState view={view} job={job} />,
            startedBy: job.startedBy,
            total: job.total,
            done: job.recovered,
            left: job.paused + job.reauthorization_required + job.failed,
          }))}
          older={cursor && `${base}/ui/recoveries?cursor=${encodeURIComponent(cursor)}`}
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
        {STATUS_ORDER.map((one) => <option value={one}>{words[one]}</option>)}
      </select>
    </Choice>
  );
}
