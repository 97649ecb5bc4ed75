/** @jsxRuntime automatic */
/** @jsxImportSource hono/jsx */
import type { JSX } from "hono/jsx/jsx-runtime";
import type { Connection, RecoveryAttempt } from "../../connections/mod.ts";
import { isOfSuspended, SUSPENDED } from "../connection/suspension.ts";
import type { HistoryEntry } from "../connection/connection_api.ts";
import { meaningsIn } from "./cause_text.ts";
import { Copyable } from "./copyable.tsx";
import { fill } from "./fill.ts";
import { ExactMoment } from "./moment.tsx";
import { StatusIcon } from "./status_badge.tsx";
import type { View } from "./view.ts";
import { withoutSubject } from "./without_subject.ts";

/** What happened to the connection with `id`, newest first, with the steps of each recovery. */
export function History(
  { view, id, history }: { view: View; id: string; history: readonly HistoryEntry[] },
): JSX.Element {
  const { words } = view;
  if (history.length === 0) return <p class="quiet-text">{words.historyEmpty}</p>;
  return <ol class="timeline">{history.map((entry) => <Event view={view} id={id} entry={entry} />)}</ol>;
}

function Event({ view, id, entry }: { view: View; id: string; entry: HistoryEntry }): JSX.Element {
  const { words } = view;
  const { type, at, by, traceId, ms, code, message, actor, attempts: all = [] } = entry;
  const attempts = all.length > 1 || all[0]?.code ? all : []; // one that worked at once is told above
  const isTold = attempts.some((attempt) => attempt.message === message);
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
        {actor && (
          <>
            {" · "}
            <bdi>{actor}</bdi>
          </>
        )}
      </p>
      {attempts.length > 0 && (
        <ol class="attempts">
          {attempts.map((attempt) => <Attempt view={view} id={id} attempt={attempt} />)}
        </ol>
      )}
      {type === "suspended" && message && (
        <p class="why">
          <bdi>{message}</bdi>
        </p>
      )}
      {code && !isTold && (
        <p class="why">
          <Explained view={view} id={id} code={code} message={message} />
        </p>
      )}
      {traceId && !attempts.some((attempt) => attempt.traceId === traceId) && (
        <TraceId view={view} id={traceId} />
      )}
    </li>
  );
}

/** One step of a recovery: which way, what HighLevel said, and its trace id. */
function Attempt({ view, id, attempt }: { view: View; id: string; attempt: RecoveryAttempt }): JSX.Element {
  const { words } = view;
  const { by, code, message, traceId, ms } = attempt;
  return (
    <li class={code ? "bad" : "good"}>
      <p>
        <StatusIcon status={code ? "broken" : "connected"} /> {words.ways[by]}{" "}
        <span class="quiet-text">{fill(view, words.took, { ms: Math.round(ms) })}</span>
      </p>
      {code && (
        <p class="why">
          <Explained view={view} id={id} code={code} message={message} />
        </p>
      )}
      {traceId && <TraceId view={view} id={traceId} />}
    </li>
  );
}

function TraceId({ view, id }: { view: View; id: string }): JSX.Element {
  const { words } = view;
  return (
    <p class="trace">
      <span class="quiet-text">{words.traceId}</span> <Copyable view={view} text={id} what={words.traceId} />
    </p>
  );
}

/** Which colour an event has. */
function toneOf(type: string): string {
  if (/^(recovered|resumed|authorised|suspension_ended)$/.test(type)) return "good";
  if (type === "recovery_failed" || type === "store_failed" || type === "endpoint_removed") return "bad";
  if (type === "paused" || type === "suspended") return "waiting";
  return type === "reauthorization_required" ? "person" : "";
}

/** Why the connection does not work, with HighLevel's trace id. */
export function Trouble(
  { view, id, connection }: { view: View; id: string; connection: Connection | undefined },
): JSX.Element | null {
  const { words } = view;
  const trouble = connection?.trouble;
  if (!trouble) return null;
  return (
    <div class="trouble">
      <p>
        <b>{words.reason}</b>{" "}
        <Explained
          view={view}
          id={id}
          code={isOfSuspended(connection) ? SUSPENDED.reason : trouble.code}
          message={trouble.message}
        />
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

/** An error of the connection with `id` in the reader's language, and as it was told. */
function Explained(
  { view, id, code, message }: { view: View; id: string; code: string; message: string | undefined },
): JSX.Element {
  const meaning = code && meaningsIn(view)[code];
  return (
    <>
      {meaning && `${meaning}: `}
      <span lang="en">{withoutSubject(message || code, id)}</span>
    </>
  );
}
