/** @jsxRuntime automatic */
/** @jsxImportSource hono/jsx */
import type { Child } from "hono/jsx";
import type { JSX } from "hono/jsx/jsx-runtime";
import type { Connection } from "../../connections/mod.ts";
import type { ConnectionTarget } from "../../oauth/mod.ts";
import type { ConnectionStatus } from "../../stores/mod.ts";
import type { DescribedConnection, LinkFacts } from "../connection/connection_api.ts";
import { isOfSuspended } from "../connection/suspension.ts";
import { type AgencyFacts, AgencySection } from "./agency_section.tsx";
import { idOf } from "./id_of.ts";
import { History, Trouble } from "./connection_history.tsx";
import { connectionPath } from "./connection_path.ts";
import { Copyable } from "./copyable.tsx";
import { fill } from "./fill.ts";
import { exactText, Moment } from "./moment.tsx";
import { nextStepOf } from "./next_step.ts";
import { Rename } from "./rename.tsx";
import { StatusBadge } from "./status_badge.tsx";
import { ResumeButton, Suspended, SuspendForm } from "./suspension.tsx";
import { mayAct, type PageParts, type View } from "./view.ts";

/** What an action on a connection came to. */
export type Did = keyof View["words"]["did"];

/** One connection: where it stands, what to do, what happened. */
export function connectionPage(
  view: View,
  { target, described, link, did, agency, agencyName }: {
    target: ConnectionTarget;
    described: DescribedConnection;
    link: string | undefined;
    did: Did | undefined;
    /** What an agency has, where it is one. */
    agency?: AgencyFacts | undefined;
    /** What its agency is called, where it is a location's and that is known. */
    agencyName?: string | undefined;
  },
): PageParts {
  const { words } = view;
  const { connection, history, since, suspended } = described;
  const id = idOf({ target });
  const title = titleOf(view, target, connection);
  const status = connection?.status ?? "forgotten";
  const isHeldOrWas = connection !== undefined || described.isForgotten;
  return {
    title,
    section: "overview",
    body: (
      <>
        {did && isTrueOf(did, status, suspended !== undefined) && (
          <p class={GOOD.includes(did) ? "note good" : "note bad"} role="status">{words.did[did]}</p>
        )}
        <div class="title">
          <div>
            <h1>{title}</h1>
            <p class="subtitle">
              {words[target.locationId === undefined ? "company" : "location"]}{" "}
              <Copyable view={view} text={id} what={words.id} />
            </p>
          </div>
          {!view.isReadOnly && <Actions view={view} target={target} described={described} />}
        </div>
        <section class={`panel standing ${status}`} aria-label={words.status}>
          <p class="row">
            {isHeldOrWas
              ? <StatusBadge view={view} status={status} />
              : <b>{fill(view, words.unknownConnection, { who: title })}</b>}
            {since !== undefined && status !== "forgotten" && (
              <span class="quiet-text">
                {fill(view, words.sinceTime, { time: exactText(view, since) })} (
                <Moment view={view} at={since} />)
              </span>
            )}
          </p>
          {(!suspended || status === "forgotten") && (
            <p>
              {isHeldOrWas
                ? words[`${isOfSuspended(connection) ? "agencySuspended" : status}Long`]
                : words.unknownConnectionLead}
            </p>
          )}
          <Suspended view={view} described={described} />
          <p>
            <b>{words.nextRefresh}</b> <Next view={view} described={described} />
          </p>
          {!suspended && <Trouble view={view} id={id} connection={connection} />}
          {status === "reauthorization_required" && mayAct(view) && (
            <AuthorizeLink view={view} link={link} links={described.links} />
          )}
        </section>
        {agency && <AgencySection view={view} companyId={id} agency={agency} />}
        <div class="columns">
          <section class="panel" aria-labelledby="details">
            <h2 id="details">{words.details}</h2>
            <Details view={view} connection={connection} links={described.links} agencyName={agencyName} />
            {connection && mayAct(view) && <Rename view={view} target={target} name={connection.name} />}
            {connection && !suspended && mayAct(view) && <SuspendForm view={view} target={target} />}
          </section>
          <section class="panel" aria-labelledby="history">
            <h2 id="history">{words.history}</h2>
            <History view={view} id={id} history={history} />
          </section>
        </div>
      </>
    ),
  };
}

/** A button that recovers this connection. */
export function RecoverButton({ view, target }: { view: View; target: ConnectionTarget }): JSX.Element {
  const { words, base } = view;
  return (
    <form method="post" action={`${connectionPath(base, target)}/recover`} data-busy={words.recovering}>
      <button type="submit" class="primary">{words.recover}</button>
    </form>
  );
}

function titleOf({ words }: View, target: ConnectionTarget, connection: Connection | undefined): string {
  return connection?.name ??
    `${words[target.locationId === undefined ? "company" : "location"]} ${idOf({ target })}`;
}

function Actions(
  { view, target, described: { connection, suspended } }: {
    view: View;
    target: ConnectionTarget;
    described: DescribedConnection;
  },
): JSX.Element {
  const { words, base } = view;
  const isKnown = connection !== undefined;
  if (!mayAct(view)) return <p class="quiet-text">{words.viewerOnly}</p>;
  return (
    <div class="row">
      {suspended
        ? <ResumeButton view={view} target={target} />
        : <RecoverButton view={view} target={target} />}
      {isKnown && !suspended && (
        <form method="post" action={`${connectionPath(base, target)}/check`} data-busy={words.working}>
          <button type="submit">{words.checkNow}</button>
        </form>
      )}
      {isKnown && (
        <a class="button danger-text" href={`${connectionPath(base, target)}/forget`}>{words.forget}</a>
      )}
    </div>
  );
}

/** What comes next, in words that are true. */
function Next({ view, described: { connection, nextAt, suspended } }: {
  view: View;
  described: DescribedConnection;
}): JSX.Element {
  const { isReadOnly = false } = view;
  const status = connection?.status ?? "forgotten";
  const step = nextStepOf({ status, nextAt, isReadOnly, isSuspended: suspended !== undefined });
  return nextAt !== undefined && (step === "renewed" || step === "retried")
    ? <Moment view={view} at={nextAt} text={view.words.next[step]} />
    : <>{view.words.next[step]}</>;
}

/** Whether what an action came to is still so. */
function isTrueOf(did: Did, status: ConnectionStatus | "forgotten", isSuspended: boolean): boolean {
  switch (did) {
    case "failed":
    case "renamed":
    case "living":
    case "dead":
    case "unknown":
      return true;
    case "recovered":
      return status === "connected";
    case "suspended":
      return isSuspended;
    case "resumed":
      return !isSuspended;
    case "paused":
      return status === did && !isSuspended; // the page says more

    case "reauthorization_required":
    case "forgotten":
      return did === status;
  }
}

/** What is good news. */
const GOOD: readonly Did[] = ["recovered", "forgotten", "renamed", "living", "suspended", "resumed"];

function AuthorizeLink(
  { view, link, links }: { view: View; link: string | undefined; links: LinkFacts },
): JSX.Element {
  const { words } = view;
  if (link === undefined) return <p class="quiet-text">{words.authorizeUnset}</p>;
  return (
    <div class="authorize">
      <p>
        <b>{words.authorizeLink}</b>
      </p>
      <Copyable view={view} text={link} what={words.authorizeLink} long />
      <p class="quiet-text">
        {words.authorizeHint} {links.openedAt === undefined
          ? words.linkUnopened
          : <Moment view={view} at={links.openedAt} text={words.linkOpened} />}
      </p>
    </div>
  );
}

function Details(
  { view, connection, links: { returnedAt, returnedBy = "itself" }, agencyName }: {
    view: View;
    connection: Connection | undefined;
    links: LinkFacts;
    agencyName: string | undefined;
  },
): JSX.Element {
  const { words, base } = view;
  const { expiresAt, companyId, refreshTokenIssuedAt, scope } = connection ?? {};
  return (
    <dl>
      <Row name={words.expires}>
        {expiresAt
          ? (
            <Moment
              view={view}
              at={expiresAt}
              text={+expiresAt > view.now ? words.expiresIn : words.expiredAgo}
            />
          )
          : words.noToken}
      </Row>
      {refreshTokenIssuedAt && (
        <Row name={words.refreshToken}>
          <Moment view={view} at={refreshTokenIssuedAt} />
        </Row>
      )}
      {connection && (
        <Row name={words.updated}>
          <Moment view={view} at={connection.updatedAt} />
        </Row>
      )}
      {returnedAt !== undefined && (
        <Row name={words.cameBackLast}>
          <Moment view={view} at={returnedAt} text={words.returned[returnedBy]} />
        </Row>
      )}
      {companyId !== undefined && connection?.target.locationId !== undefined && (
        <Row name={words.agency}>
          <a href={connectionPath(base, { companyId })}>
            {agencyName} <code>{companyId}</code>
          </a>
        </Row>
      )}
      {scope && scope.length > 0 && (
        <Row name={words.scopes}>
          <ul class="scopes">
            {scope.map((one) => (
              <li>
                <code>{one}</code>
              </li>
            ))}
          </ul>
        </Row>
      )}
    </dl>
  );
}

function Row({ name, children }: { name: string; children?: Child }): JSX.Element {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
