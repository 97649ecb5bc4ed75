/** @jsxRuntime automatic */
/** @jsxImportSource hono/jsx */
import type { JSX } from "hono/jsx/jsx-runtime";
import type { JobProgress } from "../recovery_job/job_api.ts";
import { fillParts } from "./fill.ts";
import { STALLED_MS } from "./job_pace.ts";
import { Moment } from "./moment.tsx";
import { StatusIcon } from "./status_badge.tsx";
import type { View } from "./view.ts";

/** What a job is doing; one that ended without all its targets has failed. */
export function JobState({ view, job }: { view: View; job: JobProgress }): JSX.Element {
  const state = job.status === "done" && job.problem ? "failed" : job.status;
  const icon = ICONS[state];
  return (
    <span class={`badge job-${state}`}>
      {icon ? <StatusIcon status={icon} /> : <span class="pulse" aria-hidden="true"></span>}
      {view.words[state]}
    </span>
  );
}

/** The shape of what a job is doing; one that moves pulses. */
const ICONS = {
  listing: undefined,
  running: undefined,
  waiting: undefined,
  paused: "paused",
  cancelled: "forgotten",
  done: "connected",
  failed: "broken",
} as const;

/** Why a job waits or did not find all its targets, when it tries again, and since when nothing moved. */
export function Trouble({ view, job }: { view: View; job: JobProgress }): JSX.Element {
  const { words, now } = view;
  const { status, problem, nextTryAt, progressAt } = job;
  const isMoving = status === "running" || status === "listing";
  const at = new Date(nextTryAt ?? now);
  return (
    <>
      <p data-when="waiting" hidden={status !== "waiting"}>{words.waitingLong}</p>
      <p class="note bad" role="alert" lang="en" data-problem hidden={!problem}>{problem}</p>
      <p class="quiet-text" data-next hidden={!nextTryAt}>
        {fillParts(words.nextTry, { time: <Moment view={view} at={at} /> })}
      </p>
      <p
        class="quiet-text"
        data-stalled={STALLED_MS}
        hidden={!isMoving || now - Date.parse(progressAt) < STALLED_MS}
      >
        {fillParts(words.noProgressSince, { time: <Moment view={view} at={new Date(progressAt)} /> })}
      </p>
    </>
  );
}

/** What a person may do with a job that has not come to its end; `data-when` are the statuses in which. */
export function JobActions({ view, job }: { view: View; job: JobProgress }): JSX.Element {
  const { words, base } = view;
  const action = (name: "pause" | "resume", when: readonly JobProgress["status"][]): JSX.Element => (
    <form
      method="post"
      action={`${base}/ui/recoveries/${job.id}/${name}`}
      data-busy={words.working}
      data-when={when.join(" ")}
      hidden={!when.includes(job.status)}
    >
      <button type="submit">{words[`${name}Job`]}</button>
    </form>
  );
  return (
    <div class="row" data-while-running>
      {action("pause", ["listing", "running", "waiting"])}
      {action("resume", ["waiting", "paused"])}
      <details>
        <summary>{words.cancelJob}</summary>
        <form method="post" action={`${base}/ui/recoveries/${job.id}/cancel`} data-busy={words.working}>
          <p>{words.cancelJobLead}</p>
          <button type="submit" class="danger">{words.cancelJob}</button>
        </form>
      </details>
    </div>
  );
}
