/** @jsxRuntime automatic */
/** @jsxImportSource hono/jsx */
import type { JSX } from "hono/jsx/jsx-runtime";
import type { DeliveryState } from "../events/endpoint_api.ts";
import type { AddressEvents, EventPage, ShownDelivery, ShownEvent } from "../events/undelivered.ts";
import { connectionPath } from "./connection_path.ts";
import { fill } from "./fill.ts";
import { idOf } from "./id_of.ts";
import { Moment } from "./moment.tsx";
import { numberText, type PageParts, type View } from "./view.ts";

const STATES: readonly DeliveryState[] = ["dead", "waiting"];

/** The addresses that events are sent to, and what they do not have. */
export function eventsPage(
  view: View,
  { addresses, state, page, sent }: {
    addresses: readonly AddressEvents[];
    /** Which events are listed. */
    state: DeliveryState;
    page: EventPage;
    /** How many were just sent again. */
    sent?: string | undefined;
  },
): PageParts {
  const { words: { sending, older }, base } = view;
  const here = `${base}/ui/events`;
  const hasDead = addresses.some(({ place, counts }) => place > 0 && counts.dead > 0);
  return {
    title: sending.title,
    section: "events",
    body: (
      <>
        <h1>{sending.title}</h1>
        <p class="lead">{sending.lead}</p>
        {sent && <p class="note" role="status">{fill(view, sending.sentAgain, { count: Number(sent) })}</p>}
        <section class="panel" aria-labelledby="addresses">
          <h2 id="addresses">{sending.addresses}</h2>
          {addresses.length === 0
            ? <p class="quiet-text">{sending.unset}</p>
            : <Addresses view={view} addresses={addresses} />}
        </section>
        <section class="panel" aria-labelledby="listed">
          <div class="panel-head">
            <h2 id="listed">{sending[state]}</h2>
            <div class="ranges" role="group" aria-label={sending.title}>
              {STATES.map((one) => (
                <a href={`${here}?state=${one}`} aria-current={one === state ? "true" : undefined}>
                  {sending[one]}
                </a>
              ))}
            </div>
          </div>
          {page.events.length === 0
            ? <p class="quiet-text">{state === "dead" ? sending.noneDead : sending.noneWaiting}</p>
            : <Events view={view} events={page.events} state={state} />}
          {page.cursor !== undefined && (
            <p>
              <a href={`${here}?state=${state}&cursor=${encodeURIComponent(page.cursor)}`}>{older}</a>
            </p>
          )}
          {state === "dead" && hasDead && (
            <form method="post" action={`${here}/replay`}>
              <button type="submit" name="all" value="1">{sending.againAll}</button>
            </form>
          )}
        </section>
      </>
    ),
  };
}

function Addresses({ view, addresses }: { view: View; addresses: readonly AddressEvents[] }): JSX.Element {
  const { words: { sending } } = view;
  return (
    <table class="cards">
      <thead>
        <tr>
          <th scope="col">{sending.address}</th>
          <th scope="col" class="number">{sending.waiting}</th>
          <th scope="col" class="number">{sending.dead}</th>
        </tr>
      </thead>
      <tbody>
        {addresses.map(({ origin, place, counts }) => (
          <tr>
            <th scope="row">
              {place > 0 ? `${place}. ${origin}` : `${origin} ${sending.problems.unlisted}`}
            </th>
            <td class="number" data-label={sending.waiting}>{numberText(view, counts.waiting)}</td>
            <td class="number" data-label={sending.dead}>{numberText(view, counts.dead)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Events(
  { view, events, state }: { view: View; events: readonly ShownEvent[]; state: DeliveryState },
): JSX.Element {
  const { words: { sending, connection }, base } = view;
  return (
    <table class="cards">
      <thead>
        <tr>
          <th scope="col">{sending.event}</th>
          <th scope="col">{sending.happened}</th>
          <th scope="col">{connection}</th>
          <th scope="col">{sending.problem}</th>
          {state === "dead" && <th scope="col">{sending.again}</th>}
        </tr>
      </thead>
      <tbody>
        {events.map(({ id, type, at, target, deliveries }) => (
          <tr>
            <th scope="row">{type}</th>
            <td data-label={sending.happened}>
              <Moment view={view} at={new Date(at)} />
            </td>
            <td data-label={connection}>
              {target ? <a href={connectionPath(base, target)}>{idOf({ target })}</a> : "–"}
            </td>
            <td class="why" data-label={sending.problem}>
              {deliveries.map(({ place, endpoint, problem, tries }) => (
                <div>
                  {`${place > 0 ? `${place}.` : endpoint} ${
                    problemText(view, problem)
                  } · ${sending.tries}: ${tries}`}
                </div>
              ))}
            </td>
            {state === "dead" && (
              <td>
                {deliveries.some(({ place }) => place > 0) && (
                  <form method="post" action={`${base}/ui/events/replay`}>
                    <button type="submit" name="id" value={id} aria-label={`${sending.again}: ${type} ${id}`}>
                      {sending.again}
                    </button>
                  </form>
                )}
              </td>
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function problemText(view: View, problem: ShownDelivery["problem"]): string {
  const { words: { sending } } = view;
  if (problem === undefined) return sending.untried;
  const [, kind = problem, status = ""] = /^(http|redirect)_(\d+)$/.exec(problem) ?? [];
  const text: unknown = Reflect.get(sending.problems, kind);
  return typeof text === "string" ? fill(view, text, { status }) : problem;
}
