/** @jsxRuntime automatic */
/** @jsxImportSource hono/jsx */
import type { Child } from "hono/jsx";
import type { JSX } from "hono/jsx/jsx-runtime";
import type { Situation } from "../directory/situation.ts";
import { targetOf } from "../kind_and_id.ts";
import type { JobProgress } from "../recovery_job/job_api.ts";
import { causeText } from "./cause_text.ts";
import { connectionPath } from "./connection_path.ts";
import { fill, fillCount } from "./fill.ts";
import { type Headline, type HeadlineGroup, headlineOf, jobUnderWay } from "./headline.ts";
import { clockText, Moment } from "./moment.tsx";
import { JobState } from "./job_state.tsx";
import { StatusIcon } from "./status_badge.tsx";
import { mayAct, numberText, type View } from "./view.ts";

/** What the panel tells of. */
export interface PanelFacts {
  /** What is wrong; its jobs as they stand now. */
  readonly situation: Situation;
  /** How many connections there are. */
  readonly total: number;
  /** The id that a bulk recovery begun from here gets: sent twice, it begins once. */
  readonly nextJob: string;
}

/** The line on top: what is wrong, since when, why, what is being done, and what is there to do. */
export function HeadlinePanel({ view, facts }: { view: View; facts: PanelFacts }): JSX.Element | null {
  const { words } = view;
  const { situation, total } = facts;
  const headline = headlineOf(situation, total);
  const job = jobUnderWay(situation.jobs);
  if (headline.kind === "empty") return null;
  const isLost = headline.kind === "lost";
  return (
    <section id="now" class={`panel now ${isLost ? "bad" : "good"}`} aria-labelledby="headline" data-follow>
      <h2 id="headline">
        <StatusIcon status={isLost ? "broken" : "connected"} />
        {titleOf(view, headline, total)} {isLost && headline.since !== undefined && (
          <small>
            {fill(view, words.sinceTime, { time: clockText(view, headline.since) })}
          </small>
        )}
      </h2>
      {isLost && <Causes view={view} headline={headline} />}
      <dl class="now-facts">
        {isLost && <Agencies view={view} situation={situation} />}
        <Fact name={words.reconnectEndpoint}>
          {situation.removedAt === undefined
            ? words.notRemoved
            : fill(view, words.removedAt, { time: clockText(view, situation.removedAt) })}
        </Fact>
        <Fact name={words.bulk}>
          {job ? <RunningJob view={view} job={job} /> : words.noJob}
        </Fact>
        {situation.ending > 0 && <Ending view={view} situation={situation} />}
      </dl>
      {isLost && <Actions view={view} headline={headline} job={job} nextJob={facts.nextJob} />}
    </section>
  );
}

function titleOf(view: View, headline: Headline, total: number): string {
  const { words } = view;
  if (headline.kind !== "lost") return words.nothingLost;
  return fillCount(view, words.lostNow, headline.count, { total });
}

function Causes(
  { view, headline: { groups, others } }: { view: View; headline: Extract<Headline, { kind: "lost" }> },
): JSX.Element {
  const { words } = view;
  return (
    <ul class="causes">
      {groups.map((group) => <Cause view={view} group={group} />)}
      {others > 0 && <li>{fill(view, words.otherCauses, { count: others })}</li>}
    </ul>
  );
}

function Cause({ view, group }: { view: View; group: HeadlineGroup }): JSX.Element {
  const { words, base } = view;
  const { status, cause, count, since, turn } = group;
  const query = new URLSearchParams({ status, ...cause && { cause } });
  return (
    <li class={status}>
      <StatusIcon status={status} />
      <a href={`${base || "/"}?${query}`}>
        <b>{numberText(view, count)}</b> {causeText(view, cause)}
      </a>
      <span class="quiet-text">
        {words.turns[turn]}
        {since !== undefined && ` · ${fill(view, words.sinceTime, { time: clockText(view, since) })}`}
      </span>
    </li>
  );
}

function Agencies({ view, situation }: { view: View; situation: Situation }): JSX.Element | null {
  const { words, base } = view;
  const { agencies, agencyCount, isWhole } = situation;
  if (agencyCount === 0) return null;
  const more = agencyCount - agencies.length;
  return (
    <Fact name={words.agenciesConcerned}>
      {agencies.map(({ companyId, name, count }, index) => (
        <>
          {index > 0 && ", "}
          <a class="name" href={connectionPath(base, { companyId })}>{name ?? companyId}</a>{" "}
          ({numberText(view, count)})
        </>
      ))}
      {more > 0 && ` ${fill(view, isWhole ? words.more : words.moreAtLeast, { count: more })}`}
    </Fact>
  );
}

function RunningJob({ view, job }: { view: View; job: JobProgress }): JSX.Element {
  const { words, base } = view;
  return (
    <>
      <JobState view={view} job={job} />{" "}
      <a href={`${base}/ui/recoveries/${job.id}`}>
        {fill(view, words.ended, { done: job.total - job.remaining, total: job.total })}
      </a>{" "}
      <span class="quiet-text">
        <bdi>{job.startedBy}</bdi> · <Moment view={view} at={new Date(job.createdAt)} />
      </span>
    </>
  );
}

/** Refresh tokens that end soon: what is going to break. */
function Ending(
  { view, situation: { ending, firstEnding } }: { view: View; situation: Situation },
): JSX.Element {
  const { words, base } = view;
  return (
    <Fact name={words.soon}>
      {fillCount(view, words.ending, ending)} {firstEnding.map((one, index) => (
        <>
          {index > 0 && ", "}
          <a href={connectionPath(base, targetOf(one))}>
            <code>{one.id}</code>
          </a>
        </>
      ))}
    </Fact>
  );
}

function Fact({ name, children }: { name: string; children?: Child }): JSX.Element {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Actions(
  { view, headline: { broken, person }, job, nextJob }: {
    view: View;
    headline: Extract<Headline, { kind: "lost" }>;
    job: JobProgress | undefined;
    nextJob: string;
  },
): JSX.Element {
  const { words, base } = view;
  return (
    <div class="row">
      {broken > 0 && !job && mayAct(view) && (
        <form method="post" action={`${base}/ui/recoveries`} data-busy={words.starting}>
          <input type="hidden" name="what" value="status" />
          <input type="hidden" name="status" value="broken" />
          <input type="hidden" name="job" value={nextJob} />
          <button type="submit" class="primary">{words.recoverBroken}</button>
        </form>
      )}
      {person > 0 && (
        <>
          <a class="button" href={`${base}/ui/plan`}>{words.plan}</a>
          <a href={`${base}/connections.csv?status=reauthorization_required`} download>
            {fill(view, words.csvAsked, { count: person })}
          </a>
        </>
      )}
    </div>
  );
}
