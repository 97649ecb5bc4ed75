/** @jsxRuntime automatic */
/** @jsxImportSource hono/jsx */
import type { Child } from "hono/jsx";
import type { JSX } from "hono/jsx/jsx-runtime";
import type { JobProgress } from "../recovery_job/job_api.ts";
import { fill } from "./fill.ts";
import { Moment } from "./moment.tsx";
import type { PastedIds } from "./pasted_ids.ts";
import { JobState } from "./progress_page.tsx";
import { STATUS_ORDER } from "../directory/status_order.ts";
import { mayAct, numberText, type PageParts, type View } from "./view.ts";

/** Bad lines shown. */
const BAD_LINES = 20;

/** What is wrong with the form that was sent. */
export type BulkTrouble =
  | { readonly kind: "ids"; readonly text: string; readonly pasted: PastedIds }
  | { readonly kind: "company"; readonly text: string };

/** Starts bulk recoveries, and finds those started lately. */
export function bulkPage(
  view: View,
  { recent, companies, cursor, trouble }: {
    recent: readonly JobProgress[];
    /** Asks for older ones. */
    cursor?: string;
    companies: readonly { readonly id: string; readonly name: string | undefined }[];
    trouble?: BulkTrouble;
  },
): PageParts {
  const { words } = view;
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
              <ByStatus view={view} />
              <ByAgency
                view={view}
                companies={companies}
                trouble={trouble?.kind === "company" ? trouble : undefined}
              />
              <ByIds view={view} trouble={trouble?.kind === "ids" ? trouble : undefined} />
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

function ByStatus({ view }: { view: View }): JSX.Element {
  const { words } = view;
  return (
    <Choice view={view} what="status" title={words.byStatus}>
      <label for="by-status">{words.byStatusLead}</label>
      <select id="by-status" name="status">
        {STATUS_ORDER.map((one) => <option value={one}>{words[one]}</option>)}
      </select>
    </Choice>
  );
}

function ByAgency(
  { view, companies, trouble }: {
    view: View;
    companies: readonly { readonly id: string; readonly name: string | undefined }[];
    trouble: { readonly text: string } | undefined;
  },
): JSX.Element {
  const { words } = view;
  return (
    <Choice view={view} what="company" title={words.byAgency}>
      <label for="company">{words.byAgencyLabel}</label>
      <input
        id="company"
        name="company"
        list="companies"
        required
        autocomplete="off"
        spellcheck={false}
        value={trouble?.text}
        autofocus={!!trouble}
        aria-invalid={trouble ? "true" : undefined}
        aria-describedby={trouble ? "company-trouble company-hint" : "company-hint"}
      />
      <datalist id="companies">
        {companies.map(({ id, name }) => <option value={id}>{name}</option>)}
      </datalist>
      {trouble && <p class="bad-text" id="company-trouble" role="alert">{words.badCompany}</p>}
      <p class="hint" id="company-hint">{words.byAgencyHint}</p>
    </Choice>
  );
}

function ByIds(
  { view, trouble }: {
    view: View;
    trouble: { readonly text: string; readonly pasted: PastedIds } | undefined;
  },
): JSX.Element {
  const { words } = view;
  const { bad = [], targets = [] } = trouble?.pasted ?? {};
  return (
    <Choice
      view={view}
      what="ids"
      title={words.byIds}
      other={bad.length > 0 && targets.length > 0 && (
        <button type="submit" name="skip" value="bad">
          {fill(view, words.startGood, { count: targets.length })}
        </button>
      )}
    >
      <label for="ids">{words.byIdsLabel}</label>
      <textarea
        id="ids"
        name="ids"
        rows={6}
        required
        spellcheck={false}
        autofocus={!!trouble}
        aria-invalid={trouble ? "true" : undefined}
        aria-describedby={trouble ? "ids-trouble" : undefined}
      >
        {trouble?.text}
      </textarea>
      {trouble && (
        <div class="bad-text" id="ids-trouble" role="alert">
          <p>
            {bad.length === 0
              ? words.noIds
              : bad.length === 1
              ? words.badLinesOne
              : fill(view, words.badLines, { count: bad.length })}
          </p>
          <ul>
            {bad.slice(0, BAD_LINES).map(({ line, text }) => (
              <li>
                {fill(view, words.badLine, { line })}: <code>{text}</code>
              </li>
            ))}
            {bad.length > BAD_LINES && <li>{fill(view, words.more, { count: bad.length - BAD_LINES })}</li>}
          </ul>
        </div>
      )}
    </Choice>
  );
}

function Choice(
  { view, what, title, other, children }: {
    view: View;
    what: string;
    title: string;
    other?: Child;
    children?: Child;
  },
): JSX.Element {
  const { words, base } = view;
  return (
    <section class={`panel choice ${what}`} aria-labelledby={`${what}-title`}>
      <h2 id={`${what}-title`}>{title}</h2>
      <form method="post" action={`${base}/ui/recoveries`} class="stack" data-busy={words.starting}>
        <input type="hidden" name="what" value={what} />
        {children}
        <div class="row">
          <button type="submit" class="primary">{words.start}</button>
          {other}
        </div>
      </form>
    </section>
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
