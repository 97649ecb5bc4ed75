/** @jsxRuntime automatic */
/** @jsxImportSource hono/jsx */
import type { JSX } from "hono/jsx/jsx-runtime";
import type { DirectoryCounts } from "../directory/directory_api.ts";
import type { ListedConnection, ListedConnectionPage } from "../directory/listed_connection.ts";
import type { ConnectionStatus } from "../../stores/mod.ts";
import type { Bar, RangeName } from "./activity.ts";
import { ActivityChart } from "./activity_chart.tsx";
import { causeText } from "./cause_text.ts";
import { connectionPath } from "./connection_path.ts";
import { fill } from "./fill.ts";
import { HeadlinePanel, type PanelFacts } from "./headline_panel.tsx";
import { idOf } from "./id_of.ts";
import { Moment } from "./moment.tsx";
import { STATUS_ORDER } from "../directory/status_order.ts";
import { StatusBadge, StatusIcon } from "./status_badge.tsx";
import { numberText, type PageParts, type View } from "./view.ts";

/** Ways to sort: by what needs somebody, by name, by what changed last. */
export const SORTS = ["status", "name", "since"] as const;

/** How the list is sorted. */
export type Sort = (typeof SORTS)[number];

/** What the list shall show. */
export interface Arrangement {
  /** Words of a name, or an id. */
  readonly search: string;
  /** Only this status. */
  readonly status: ConnectionStatus | undefined;
  /** In which order. */
  readonly sort: Sort;
  /** How many rows stand on the pages before this one. */
  readonly from: number;
}

/** Everything the overview shows. */
export interface Overview {
  /** How many stand where. */
  readonly counts: DirectoryCounts;
  /** The page of the list. */
  readonly page: ListedConnectionPage;
  /** What was asked for. */
  readonly wanted: Arrangement;
  /** What is wrong; absent where that cannot be read. */
  readonly facts: PanelFacts | undefined;
  /** The chart; absent where nothing counts. */
  readonly chart: { readonly bars: readonly Bar[]; readonly range: RangeName } | undefined;
}

type Query = Readonly<Record<string, string | undefined>>;

/** Counts, the chart, and the list of connections. */
export function overviewPage(view: View, overview: Overview): PageParts {
  const { words, base } = view;
  const { counts, page, wanted, chart } = overview;
  const current: Query = {
    q: wanted.search || undefined,
    status: wanted.status,
    sort: wanted.sort === "status" ? undefined : wanted.sort,
    range: chart?.range === "1" ? undefined : chart?.range,
  };
  const href = (change: Query): string => `${base || "/"}${queryText({ ...current, ...change })}`;
  return {
    title: words.overview,
    section: "overview",
    body: (
      <>
        <h1 class="visually-hidden">{words.overview}</h1>
        {overview.facts && <HeadlinePanel view={view} facts={overview.facts} />}
        <nav id="tiles" class="tiles" aria-label={words.status} data-follow>
          <Tile
            view={view}
            count={counts.total}
            href={href({ status: undefined })}
            isCurrent={!wanted.status}
          />
          {STATUS_ORDER.map((status) => (
            <Tile
              view={view}
              status={status}
              count={counts.byStatus[status]}
              href={href({ status })}
              isCurrent={wanted.status === status}
            />
          ))}
        </nav>
        {!counts.isComplete && <p class="quiet-text">{words.listIncomplete}</p>}
        {chart && <ActivityChart view={view} {...chart} href={(range) => href({ range })} />}
        <section class="panel" aria-labelledby="list">
          <div class="panel-head">
            <h2 id="list">{words.overview}</h2>
            <SearchForm view={view} wanted={wanted} current={current} />
          </div>
          {page.connections.length > 0
            ? <ConnectionTable view={view} rows={page.connections} sort={wanted.sort} href={href} />
            : <Nothing view={view} wanted={wanted} isEmpty={counts.total === 0} />}
          <Pager view={view} overview={overview} href={href} />
        </section>
      </>
    ),
  };
}

function Tile(
  { view, status, count, href, isCurrent }: {
    view: View;
    status?: ConnectionStatus;
    count: number;
    href: string;
    isCurrent: boolean;
  },
): JSX.Element {
  return (
    <a
      class={`tile ${status ?? "all"} ${count === 0 ? "zero" : ""}`}
      href={href}
      aria-current={isCurrent ? "true" : undefined}
    >
      <span class="tile-name">{status && <StatusIcon status={status} />}{view.words[status ?? "all"]}</span>
      <span class="tile-count">{numberText(view, count)}</span>
    </a>
  );
}

function SearchForm(
  { view, wanted, current }: { view: View; wanted: Arrangement; current: Query },
): JSX.Element {
  const { words, base } = view;
  return (
    <form method="get" action={base || "/"} class="search" role="search">
      {["sort", "range"].map((name) =>
        current[name] && <input type="hidden" name={name} value={current[name]} />
      )}
      <label class="visually-hidden" for="q">{words.search}</label>
      <input
        id="q"
        name="q"
        type="search"
        value={wanted.search}
        placeholder={words.searchHint}
        autocomplete="off"
        spellcheck={false}
      />
      <label class="visually-hidden" for="status">{words.status}</label>
      <select id="status" name="status">
        <option value="">{words.all}</option>
        {STATUS_ORDER.map((status) => (
          <option value={status} selected={status === wanted.status}>{words[status]}</option>
        ))}
      </select>
      <button type="submit">{words.show}</button>
      {(wanted.search || wanted.status) && <a href={base || "/"}>{words.clear}</a>}
    </form>
  );
}

function ConnectionTable(
  { view, rows, sort, href }: {
    view: View;
    rows: readonly ListedConnection[];
    sort: Sort;
    href: (change: Query) => string;
  },
): JSX.Element {
  const { words, base } = view;
  const head = (text: string, wanted: Sort, order: "ascending" | "descending" | undefined): JSX.Element => (
    <th scope="col" aria-sort={order}>
      <a href={href({ sort: wanted })} title={fill(view, words.sortBy, { column: text })}>
        {text}
        {order && <span aria-hidden="true">{order === "ascending" ? " ↑" : " ↓"}</span>}
      </a>
    </th>
  );
  return (
    <table class="cards">
      <thead>
        <tr>
          {head(words.connection, "name", sort === "name" ? "ascending" : undefined)}
          {head(words.status, "status", sort === "status" ? "ascending" : undefined)}
          {head(words.since, "since", sort === "since" ? "descending" : undefined)}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr>
            <th scope="row">
              <a class="name" href={connectionPath(base, row.target)}>{row.name ?? words[kindOf(row)]}</a>
              <code class="id">
                {row.target.locationId === undefined ? `${words.company} ` : ""}
                {idOf(row)}
              </code>
            </th>
            <td>
              <StatusBadge view={view} status={row.status} />{" "}
              {row.cause && <span class="quiet-text" title={row.cause}>{causeText(view, row.cause)}</span>}
            </td>
            <td data-label={words.since}>
              <Moment view={view} at={row.since} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Nothing(
  { view, wanted, isEmpty }: { view: View; wanted: Arrangement; isEmpty: boolean },
): JSX.Element {
  const { words, base } = view;
  const search = wanted.search.trim();
  const isId = /^[A-Za-z0-9_-]{6,128}$/.test(search);
  return (
    <div class="empty">
      <p class="empty-title">{isEmpty ? words.noneYet : words.noneFound}</p>
      <p>{isEmpty ? words.noneYetLead : words.noneFoundLead}</p>
      {isEmpty && (
        <p>
          <a href={`${base}/oauth/install`}>{words.install}</a>
        </p>
      )}
      {isId && (
        <p class="row">
          <a href={connectionPath(base, { locationId: search })}>
            {fill(view, words.openLocation, { id: search })}
          </a>
          <a href={connectionPath(base, { companyId: search })}>
            {fill(view, words.openCompany, { id: search })}
          </a>
        </p>
      )}
    </div>
  );
}

function Pager(
  { view, overview, href }: { view: View; overview: Overview; href: (change: Query) => string },
): JSX.Element | null {
  const { words } = view;
  const { page: { connections: { length }, total, cursor }, wanted: { from } } = overview;
  if (length === 0 && from === 0) return null;
  return (
    <nav class="pager" aria-label={words.nextPage}>
      <span>
        {length > 0 && fill(view, words.shown, { from: from + 1, to: from + length, of: total })}
      </span>
      {from > 0 && <a href={href({})}>{words.firstPage}</a>}
      {cursor !== undefined && (
        <a href={href({ after: cursor, from: String(from + length) })} rel="next">{words.nextPage}</a>
      )}
    </nav>
  );
}

function kindOf({ target }: ListedConnection): "location" | "company" {
  return target.locationId === undefined ? "company" : "location";
}

function queryText(query: Query): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) parameters.set(name, value);
  const text = parameters.toString();
  return text && `?${text}`;
}
