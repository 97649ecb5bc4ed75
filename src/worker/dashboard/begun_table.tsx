/** @jsxRuntime automatic */
/** @jsxImportSource hono/jsx */
import type { Child } from "hono/jsx";
import type { JSX } from "hono/jsx/jsx-runtime";
import { fill } from "./fill.ts";
import { Moment } from "./moment.tsx";
import { numberText, type View } from "./view.ts";

/** Something that was begun over many connections. */
export interface Begun {
  /** Its id. */
  readonly id: string;
  /** When it was begun. */
  readonly createdAt: string | Date;
  /** Who began it. */
  readonly startedBy: string;
  /** Where it stands. */
  readonly state: Child;
  /** Connections of it that are done, all of them, and those that are not to be had. */
  readonly done: number;
  readonly total: number;
  readonly left: number;
}

/** What was begun before, newest first, with a link to older ones. */
export function BegunTable(
  { view, title, path, begun, cursor, none, done, left }: {
    view: View;
    title: string;
    /** Below which each stands by its id. */
    path: string;
    begun: readonly Begun[];
    cursor: string | undefined;
    /** What is said where there is none. */
    none: string;
    /** What the last two columns are called. */
    done: string;
    left: string;
  },
): JSX.Element {
  const { words } = view;
  return (
    <section class="panel" aria-labelledby="recent">
      <h2 id="recent">{title}</h2>
      {begun.length === 0 ? <p class="quiet-text">{none}</p> : (
        <table class="cards">
          <thead>
            <tr>
              <th scope="col">{words.started}</th>
              <th scope="col">{words.status}</th>
              <th scope="col">{words.startedBy}</th>
              <th scope="col" class="number">{done}</th>
              <th scope="col" class="number">{left}</th>
            </tr>
          </thead>
          <tbody>
            {begun.map((one) => (
              <tr>
                <th scope="row">
                  <a class="name" href={`${path}/${one.id}`}>
                    <Moment view={view} at={new Date(one.createdAt)} />
                  </a>
                </th>
                <td>{one.state}</td>
                <td data-label={words.startedBy}>
                  <bdi>{one.startedBy}</bdi>
                </td>
                <td class="number" data-label={done}>
                  {fill(view, words.ended, { done: one.done, total: one.total })}
                </td>
                <td class="number" data-label={left}>{numberText(view, one.left)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {cursor !== undefined && (
        <p>
          <a href={`${path}?cursor=${encodeURIComponent(cursor)}`}>{words.older}</a>
        </p>
      )}
    </section>
  );
}
