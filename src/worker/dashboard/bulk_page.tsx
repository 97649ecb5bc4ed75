/** @jsxRuntime automatic */
/** @jsxImportSource hono/jsx */
import type { JobProgress } from "../recovery_job/job_api.ts";
import { BegunTable } from "./begun_table.tsx";
import { Choices, type ChoiceTrouble } from "./choices.tsx";
import { JobState } from "./job_state.tsx";
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
            <Choices
              view={view}
              form={form}
              statuses={STATUS_ORDER}
              companies={companies}
              trouble={trouble}
            />
          )
          : !view.isReadOnly && <p class="note">{words.viewerOnly}</p>}
        <BegunTable
          view={view}
          title={words.recent}
          path={`${base}/ui/recoveries`}
          begun={recent.map((job) => ({
            ...job,
            state: <JobState view={view} job={job} />,
            done: job.recovered,
            left: job.paused + job.reauthorization_required + job.failed,
          }))}
          cursor={cursor}
          none={words.noRecent}
          done={words.recovered}
          left={words.unrecovered}
        />
      </>
    ),
  };
}
