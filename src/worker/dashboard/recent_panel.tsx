/** @jsxRuntime automatic */
/** @jsxImportSource hono/jsx */
import type { Child } from "hono/jsx";
import type { JSX } from "hono/jsx/jsx-runtime";
import { fill } from "./fill.ts";
import { Moment } from "./moment.tsx";
import { numberText, type View } from "./view.ts";

/** Work over many connections that was begun before. */
export interface RecentWork {
  /** Its page. */
  readonly href: string;
  /** When it began. */
  readonly at: Date | number;
  /** Where it stands. */
  readonly state: Child;
  readonly startedBy: string;
  readonly total: number;
  /** Connections that are back. */
  readonly done: number;
  /** Connections that are not. */
  readonly left: number;
}

/** What was begun before, newest first, with the way to what is older. */
export function RecentPanel(
  { view, title, none, doneName, leftName, recent, older }: {
    view: View;
    title: string;
    /** Said where there is nothing. */
    none: string;
    /** The heads of the columns of what is back, and what is not. */
    doneName: string;
    leftName: string;
    recent: readonly RecentWork[];
    /** The page of older ones. */
    older: string | undefined;
  },
): JSX.Element {
  const { words } = view;
  return (
    <section class="panel" aria-labelledby="recent">
      <h2 id="recent">{title}</h2>
      {recent.length === 0 ? <p class="quiet-text">{none}</p> : (
        <table class="cards">
          <thead>
            <tr>
              <th scope="col">{words.started}</th>
              <th scope="col">{words.status}</th>
              <th scope="col">{words.startedBy}</th>
              <th scope="col" class="number">{doneName}</th>
              <th scope="col" class="number">{leftName}</th>
            </tr>
          </thead>
          <tbody>
            {recent.map(({ href, at, state, startedBy, total, done, left }) => (
              <tr>
                <th scope="row">
                  <a class="name" href={href}>
                    <Moment view={view} at={at} />
                  </a>
                </th>
                <td>{state}</td>
                <td data-label={words.startedBy}>{startedBy}</td>
                <td class="number" data-label={doneName}>{fill(view, words.ended, { done, total })}</td>
                <td class="number" data-label={leftName}>{numberText(view, left)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {older !== undefined && (
        <p>
          <a href={older}>{words.older}</a>
        </p>
      )}
    </section>
  );
}
