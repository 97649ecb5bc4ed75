/** @jsxRuntime automatic */
/** @jsxImportSource hono/jsx */
import type { JSX } from "hono/jsx/jsx-runtime";
import type { ConnectionTarget } from "../../oauth/mod.ts";
import {
  CHANGES,
  isOver,
  JOB_STATUSES,
  type JobChanges,
  type JobItem,
  type JobProgress,
  type JobReason,
} from "../recovery_job/job_api.ts";
import { idOf } from "./id_of.ts";
import { causeText, meaningsIn } from "./cause_text.ts";
import { connectionPath } from "./connection_path.ts";
import { Copyable } from "./copyable.tsx";
import { fill } from "./fill.ts";
import { jobPace } from "./job_pace.ts";
import { JobActions, JobState, Trouble } from "./job_state.tsx";
import { durationText, Moment } from "./moment.tsx";
import { StatusIcon } from "./status_badge.tsx";
import { withoutSubject } from "./without_subject.ts";
import { mayAct, numberText, type PageParts, type View } from "./view.ts";

/** Ends of a job's targets, in the order of the bar; `shape` is the status that looks like it. */
const ENDS = [
  { name: "recovered", shape: "connected" },
  { name: "paused", shape: "paused" },
  { name: "reauthorization_required", shape: "reauthorization_required" },
  { name: "failed", shape: "broken" },
] as const;
const UNRECOVERED = ENDS.slice(1);

/** A bulk recovery while it runs and after: bar, counts, and what was not recovered. */
export function progressPage(
  view: View,
  { progress, unrecovered }: JobChanges,
  reasons: readonly JobReason[] = [],
): PageParts {
  const { words, base } = view;
  const { id, status } = progress;
  const titleText = `${words.ended} · ${words.progress}`;
  const over = isOver(progress);
  const events = over ? undefined : `${base}/recoveries/${id}/events`;
  const notRecovered = progress.paused + progress.reauthorization_required + progress.failed;
  return {
    title: fill(view, titleText, { done: progress.total - progress.remaining, total: progress.total }),
    section: "bulk",
    ...(!over && { reloadSeconds: 5 }),
    body: (
      <div
        id="job"
        data-events={events}
        data-title={`${fill(view, titleText, { done: "%d", total: "%t" })} · ${words.product}`}
        data-base={base}
        data-company={words.company}
        data-codes={JSON.stringify(meaningsIn(view))}
      >
        <div class="title">
          <div>
            <h1>{words.progress}</h1>
            <p id="began" class="subtitle" data-follow={!over || undefined}>
              <Moment view={view} at={new Date(progress.createdAt)} text={words.startedAgo} /> ·{" "}
              <bdi>{progress.startedBy}</bdi>
            </p>
          </div>
          <div class="row">
            {JOB_STATUSES.map((one) => (
              <span data-state={one} hidden={one !== status}>
                <JobState view={view} job={{ ...progress, status: one }} />
              </span>
            ))}
          </div>
        </div>
        <Bar view={view} progress={progress} />
        <p id="pace" class="quiet-text" data-follow={!over || undefined}>
          {paceText(view, progress)}
        </p>
        <Trouble view={view} job={progress} />
        {!over && mayAct(view) && <JobActions view={view} job={progress} />}
        {!over && (
          <p class="quiet-text" data-while-running>
            <span data-live hidden>{words.liveNote}</span>
            <span data-lost hidden class="bad-text" role="alert">{words.lost}</span>
            <noscript>
              {words.staticNote} <a href={view.path}>{words.refresh}</a>
            </noscript>
          </p>
        )}
        <section class="panel" aria-labelledby="unrecovered">
          <div class="panel-head">
            <h2 id="unrecovered">{words.unrecovered}</h2>
            <a href={`${base}/ui/recoveries/${id}/unrecovered.csv`} download={`recovery-${id}.csv`}>
              {words.csv}
            </a>
          </div>
          <ul id="reasons" class="causes" data-follow={!over || undefined}>
            {reasons.map((reason) => <Reason view={view} reason={reason} />)}
          </ul>
          <p class="quiet-text" data-none={words.none} hidden={notRecovered > 0}>
            {!over
              ? words.unrecoveredNone
              : progress.total || progress.problem
              ? words.none
              : words.noneMatched}
          </p>
          <table class="cards" hidden={notRecovered === 0}>
            <thead>
              <tr>
                <th scope="col">{words.connection}</th>
                <th scope="col">{words.outcome}</th>
                <th scope="col">{words.reason}</th>
                <th scope="col">{words.traceId}</th>
                <th scope="col">{words.link}</th>
              </tr>
            </thead>
            <tbody id="items">{unrecovered.map((item) => <Item view={view} item={item} />)}</tbody>
          </table>
          <p class="quiet-text" data-first hidden={notRecovered <= SHOWN}>
            {fill(view, words.unrecoveredFirst, { count: SHOWN })}
          </p>
          {UNRECOVERED.map(({ name }) => (
            <template data-outcome={name}>
              <Item
                view={view}
                item={{
                  seq: 0,
                  target: { locationId: "" },
                  outcome: name,
                  message: "-",
                  traceId: "-",
                  authorizationUrl: "-",
                }}
              />
            </template>
          ))}
        </section>
      </div>
    ),
  };
}

/** How long it has been going on, how fast it is, and how long the rest takes. */
function paceText(view: View, progress: JobProgress): string {
  const { words, now } = view;
  const { elapsedMs, perMinute, leftMs } = jobPace(progress, now);
  return [
    fill(view, words.elapsed, { time: durationText(view, elapsedMs) }),
    ...perMinute === undefined ? [] : [fill(view, words.perMinute, { count: Math.round(perMinute) })],
    ...leftMs === undefined ? [] : [fill(view, words.timeLeft, { time: durationText(view, leftMs) })],
  ].join(" · ");
}

/** Targets that were not recovered, by why. */
function Reason({ view, reason }: { view: View; reason: JobReason }): JSX.Element {
  const end = ENDS.find(({ name }) => name === reason.outcome) ?? ENDS[3];
  return (
    <li class={end.shape}>
      <span>
        <StatusIcon status={end.shape} /> <b>{numberText(view, reason.count)}</b>{" "}
        {causeText(view, reason.code ?? "")}
      </span>
      <span class="quiet-text">{view.words[end.name]}</span>
    </li>
  );
}

/** Items that a page shows; the object hands out as many at once. */
const SHOWN = CHANGES;

function Bar({ view, progress }: { view: View; progress: JobProgress }): JSX.Element {
  const { words } = view;
  const { total, remaining } = progress;
  const done = total - remaining;
  let left = 0;
  return (
    <section class="panel progress" aria-label={words.progress}>
      <p class="progress-count">
        <b data-text="done">{numberText(view, done)}</b> /{" "}
        <span data-text="total">{numberText(view, total)}</span>
        <span class="percent" data-text="percent">{percentText(view, done, total)}</span>
      </p>
      <div
        role="progressbar"
        aria-label={words.progress}
        aria-valuemin={0}
        aria-valuemax={total}
        aria-valuenow={done}
        aria-valuetext={fill(view, words.ended, { done, total })}
        id="bar"
      >
        <svg width="100%" height="14" aria-hidden="true" focusable="false">
          {ENDS.map(({ name }) => {
            const width = total === 0 ? 0 : progress[name] / total * 100;
            const from = left;
            left += width;
            return <rect class={name} data-part={name} x={`${from}%`} width={`${width}%`} height="14" />;
          })}
        </svg>
      </div>
      <dl class="counts">
        {ENDS.map(({ name, shape }) => (
          <div class={name}>
            <dt>
              <StatusIcon status={shape} /> {words[name]}
            </dt>
            <dd data-text={name}>{numberText(view, progress[name])}</dd>
          </div>
        ))}
        <div>
          <dt>{words.remaining}</dt>
          <dd data-text="remaining">{numberText(view, remaining)}</dd>
        </div>
      </dl>
    </section>
  );
}

function Item({ view, item }: { view: View; item: JobItem }): JSX.Element {
  const { words, base } = view;
  const { target, name, outcome, code, message, traceId, authorizationUrl, seq } = item;
  const end = ENDS.find(({ name }) => name === outcome) ?? ENDS[3];
  const meaning = code && meaningsIn(view)[code];
  return (
    <tr data-seq={seq}>
      <th scope="row">
        <a class="name" data-field="id" href={connectionPath(base, target)}>
          <span data-field="name">{name && `${name} `}</span>
          <code>{idText(view, target)}</code>
        </a>
      </th>
      <td>
        <span class={`badge ${end.shape}`}>
          <StatusIcon status={end.shape} />
          {words[end.name]}
        </span>
      </td>
      <td data-label={words.reason} class="why">
        <span data-field="code">{meaning && `${meaning}: `}</span>
        <span lang="en" data-field="message">{withoutSubject(message ?? code ?? "", idOf({ target }))}</span>
      </td>
      <td data-label={words.traceId} data-field="traceId">
        {traceId && <Copyable view={view} text={traceId} what={words.traceId} />}
      </td>
      <td data-label={words.link} data-field="authorizationUrl">
        {authorizationUrl && <Copyable view={view} text={authorizationUrl} what={words.authorizeLink} />}
      </td>
    </tr>
  );
}

function idText({ words }: View, target: ConnectionTarget): string {
  return target.locationId === undefined ? `${words.company} ${idOf({ target })}` : target.locationId;
}

function percentText({ locale }: View, done: number, total: number): string {
  return new Intl.NumberFormat(locale, { style: "percent" }).format(total === 0 ? 0 : done / total);
}
