/** @jsxRuntime automatic */
/** @jsxImportSource hono/jsx */
import type { Child } from "hono/jsx";
import type { JSX } from "hono/jsx/jsx-runtime";
import type { Connection } from "../../connections/mod.ts";
import type { ConnectionTarget } from "../../oauth/mod.ts";
import type { DescribedConnection, HistoryEntry } from "../connection/connection_api.ts";
import { NAME_LENGTH } from "../connection/short_name.ts";
import { idOf } from "./id_of.ts";
import { connectionPath } from "./connection_path.ts";
import { Copyable } from "./copyable.tsx";
import { fill } from "./fill.ts";
import { ExactMoment, Moment } from "./moment.tsx";
import { StatusBadge } from "./status_badge.tsx";
import { withoutSubject } from "./without_subject.ts";
import { mayAct, type PageParts, type View } from "./view.ts";

/** What an action on a connection came to. */
export type Did = keyof View["words"]["did"];

/** One connection: where it stands, what to do, what happened. */
export function connectionPage(
  view: View,
  { target, described, link, did }: {
    target: ConnectionTarget;
    described: DescribedConnection;
    link: string | undefined;
    did: Did | undefined;
  },
): PageParts {
  const { words } = view;
  const { connection, history, nextAt } = described;
  const title = titleOf(view, target, connection);
  const status = connection?.status ?? "forgotten";
  return {
    title,
    section: "overview",
    body: (
      <>
        {did &&
          (did === "failed" || did === "renamed" ||
            did === (status === "connected" ? "recovered" : status)) &&
          (
            <p
              class={["recovered", "forgotten", "renamed"].includes(did) ? "note good" : "note bad"}
              role="status"
            >
              {words.did[did]}
            </p>
          )}
        <div class="title">
          <div>
            <h1>{title}</h1>
            <p class="subtitle">
              {words[target.locationId === undefined ? "company" : "location"]}{" "}
              <Copyable view={view} text={idOf({ target })} what={words.id} />
            </p>
          </div>
          {!view.isReadOnly && <Actions view={view} target={target} isKnown={connection !== undefined} />}
        </div>
        <section class={`panel standing ${status}`} aria-label={words.status}>
          <StatusBadge view={view} status={status} />
          <p>{words[`${status}Long`]}</p>
          <Trouble view={view} connection={connection} />
          {status === "reauthorization_required" && mayAct(view) && <AuthorizeLink view={view} link={link} />}
        </section>
        <div class="columns">
          <section class="panel" aria-labelledby="details">
            <h2 id="details">{words.details}</h2>
            <Details view={view} connection={connection} nextAt={nextAt} />
            {connection && mayAct(view) && <Rename view={view} target={target} name={connection.name} />}
          </section>
          <section class="panel" aria-labelledby="history">
            <h2 id="history">{words.history}</h2>
            <History view={view} history={history} />
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
  { view, target, isKnown }: { view: View; target: ConnectionTarget; isKnown: boolean },
): JSX.Element {
  const { words, base } = view;
  if (!mayAct(view)) return <p class="quiet-text">{words.viewerOnly}</p>;
  return (
    <div class="row">
      <RecoverButton view={view} target={target} />
      {isKnown && (
        <a class="button danger-text" href={`${connectionPath(base, target)}/forget`}>{words.forget}</a>
      )}
    </div>
  );
}

function Trouble(
  { view, connection }: { view: View; connection: Connection | undefined },
): JSX.Element | null {
  const { words } = view;
  const trouble = connection?.trouble;
  if (!trouble) return null;
  return (
    <div class="trouble">
      <p>
        <b>{words.reason}</b> <Explained view={view} code={trouble.code} message={trouble.message} />
      </p>
      {trouble.traceId && (
        <p>
          <b>{words.traceId}</b> <Copyable view={view} text={trouble.traceId} what={words.traceId} />{" "}
          <span class="quiet-text">{words.traceHint}</span>
        </p>
      )}
    </div>
  );
}

/** An error in the reader's language, and as it was told. */
function Explained(
  { view: { words }, code, message }: { view: View; code: string; message: string | undefined },
): JSX.Element {
  const translated = words.codes[code];
  return (
    <>
      {translated && `${translated} `}
      <span lang="en">{withoutSubject(message || code)}</span>
    </>
  );
}

function AuthorizeLink({ view, link }: { view: View; link: string | undefined }): JSX.Element {
  const { words } = view;
  if (link === undefined) return <p class="quiet-text">{words.authorizeUnset}</p>;
  return (
    <div class="authorize">
      <p>
        <b>{words.authorizeLink}</b>
      </p>
      <Copyable view={view} text={link} what={words.authorizeLink} long />
      <p class="quiet-text">{words.authorizeHint}</p>
    </div>
  );
}

/** Gives the connection a name. */
function Rename(
  { view, target, name }: { view: View; target: ConnectionTarget; name: string | undefined },
): JSX.Element {
  const { words, base } = view;
  return (
    <form
      method="post"
      action={`${connectionPath(base, target)}/name`}
      class="stack"
      data-busy={words.working}
    >
      <label for="name">{words.name}</label>
      <div class="row">
        <input
          id="name"
          name="name"
          value={name}
          maxlength={NAME_LENGTH}
          autocomplete="off"
          aria-describedby="name-hint"
        />
        <button type="submit">{words.keepName}</button>
      </div>
      <p class="hint" id="name-hint">{words.nameHint}</p>
    </form>
  );
}

function Details(
  { view, connection, nextAt }: {
    view: View;
    connection: Connection | undefined;
    nextAt: number | undefined;
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
      <Row name={words.nextRefresh}>{nextAt ? <Moment view={view} at={nextAt} /> : words.nothingPlanned}</Row>
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
      {companyId !== undefined && connection?.target.locationId !== undefined && (
        <Row name={words.agency}>
          <a href={connectionPath(base, { companyId })}>
            <code>{companyId}</code>
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

function History({ view, history }: { view: View; history: readonly HistoryEntry[] }): JSX.Element {
  const { words } = view;
  if (history.length === 0) return <p class="quiet-text">{words.historyEmpty}</p>;
  return <ol class="timeline">{history.map((entry) => <Event view={view} entry={entry} />)}</ol>;
}

function Event({ view, entry }: { view: View; entry: HistoryEntry }): JSX.Element {
  const { words } = view;
  const { type, at, by, traceId, ms, code, message, actor } = entry;
  const events: Readonly<Record<string, string>> = words.events;
  const ways: Readonly<Record<string, string>> = words.ways;
  return (
    <li class={toneOf(type)}>
      <p>
        <b>{events[type] ?? type}</b> {by && <span>{ways[by] ?? by}</span>}{" "}
        {ms !== undefined && <span class="quiet-text">{fill(view, words.took, { ms: Math.round(ms) })}</span>}
      </p>
      <p class="when">
        <ExactMoment view={view} at={at} />
        {actor && ` · ${actor}`}
      </p>
      {code && (
        <p class="why">
          <Explained view={view} code={code} message={message} />
        </p>
      )}
      {traceId && (
        <p class="trace">
          <span class="quiet-text">{words.traceId}</span>{" "}
          <Copyable view={view} text={traceId} what={words.traceId} />
        </p>
      )}
    </li>
  );
}

/** Which colour an event has. */
function toneOf(type: string): string {
  if (type === "recovered" || type === "resumed" || type === "authorised") return "good";
  if (type === "recovery_failed" || type === "store_failed" || type === "endpoint_removed") return "bad";
  if (type === "paused") return "waiting";
  return type === "reauthorization_required" ? "person" : "";
}
