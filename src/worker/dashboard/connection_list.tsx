/** @jsxRuntime automatic */
/** @jsxImportSource hono/jsx */
import type { JSX } from "hono/jsx/jsx-runtime";
import type { DirectoryCounts } from "../directory/directory_api.ts";
import type { ListedConnection, ListedConnectionPage } from "../directory/listed_connection.ts";
import { STATUS_ORDER } from "../directory/status_order.ts";
import {
  type Arrangement,
  type Href,
  isFiltered,
  PERIODS,
  type Query,
  queryOf,
  type Sort,
} from "./arrangement.ts";
import { causeText } from "./cause_text.ts";
import { connectionPath } from "./connection_path.ts";
import { fill } from "./fill.ts";
import { idOf } from "./id_of.ts";
import { Moment } from "./moment.tsx";
import { StatusBadge } from "./status_badge.tsx";
import type { View } from "./view.ts";

/** Rows on one page. */
export const PAGE_ROWS = 50;

/** What the list shows. */
export interface ListParts {
  readonly view: View;
  /** The rows. */
  readonly page: ListedConnectionPage;
  /** What was asked for. */
  readonly wanted: Arrangement;
  /** The address of the page with other parameters. */
  readonly href: Href;
}

/** Connections to search, filter, sort and leaf through. */
export function ConnectionList(
  { view, page, wanted, href, agency, causes, hidden, isEmpty }: ListParts & {
    /** What the agency that is asked for is called, where that is known. */
    agency: string | undefined;
    /** The causes there are. */
    causes: DirectoryCounts["byCause"];
    /** Parameters that another search keeps. */
    hidden: Query;
    /** Whether there is no connection at all. */
    isEmpty: boolean;
  },
): JSX.Element {
  const { words } = view;
  return (
    <section class="panel" aria-labelledby="list">
      <div class="panel-head">
        <h2 id="list">{words.overview}</h2>
        <SearchForm view={view} wanted={wanted} causes={causes} hidden={hidden} />
      </div>
      {wanted.agency !== undefined && (
        <p class="quiet-text filter">
          {words.agency}{" "}
          <a class="name" href={connectionPath(view.base, { companyId: wanted.agency })}>
            {agency ?? wanted.agency}
          </a>{" "}
          · <a href={href({ agency: undefined })}>{words.allAgencies}</a>
        </p>
      )}
      {page.connections.length > 0
        ? <ConnectionTable view={view} rows={page.connections} sort={wanted.sort} href={href} />
        : <Nothing view={view} search={wanted.search.trim()} isEmpty={isEmpty} />}
      <Pager view={view} page={page} wanted={wanted} href={href} />
    </section>
  );
}

function SearchForm(
  { view, wanted, causes, hidden }: {
    view: View;
    wanted: Arrangement;
    causes: DirectoryCounts["byCause"];
    hidden: Query;
  },
): JSX.Element {
  const { words, base } = view;
  const { sort, agency } = queryOf(wanted);
  const known = causes.map(({ cause }) => cause);
  const listed = wanted.cause === undefined || known.includes(wanted.cause)
    ? known
    : [wanted.cause, ...known];
  return (
    <form method="get" action={base || "/"} class="search" role="search">
      {Object.entries({ ...hidden, sort, agency }).map(([name, value]) =>
        value !== undefined && <input type="hidden" name={name} value={value} />
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
        aria-keyshortcuts="/"
      />
      <Select
        name="status"
        label={words.status}
        all={words.allStatuses}
        options={STATUS_ORDER.map((one) => [one, words[one]])}
        chosen={wanted.status}
      />
      <Select
        name="cause"
        label={words.reason}
        all={words.allCauses}
        options={listed.map((one) => [one, causeText(view, one)])}
        chosen={wanted.cause}
      />
      <Select
        name="kind"
        label={words.kind}
        all={words.allKinds}
        options={[["location", words.locations], ["company", words.companies]]}
        chosen={wanted.kind}
      />
      <Select
        name="period"
        label={words.since}
        all={words.anyTime}
        options={Object.keys(PERIODS).map((one) => [one, words.periods[one as keyof typeof PERIODS]])}
        chosen={wanted.period}
      />
      <button type="submit">{words.show}</button>
      {isFiltered(wanted) && <a href={base || "/"}>{words.clear}</a>}
    </form>
  );
}

function Select(
  { name, label, all, options, chosen }: {
    name: string;
    label: string;
    all: string;
    options: readonly (readonly [value: string, text: string])[];
    chosen: string | undefined;
  },
): JSX.Element {
  return (
    <>
      <label class="visually-hidden" for={name}>{label}</label>
      <select id={name} name={name}>
        <option value="">{all}</option>
        {options.map(([value, text]) => <option value={value} selected={value === chosen}>{text}</option>)}
      </select>
    </>
  );
}

function ConnectionTable(
  { view, rows, sort, href }: {
    view: View;
    rows: readonly ListedConnection[];
    sort: Sort;
    href: Href;
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
          <th scope="col">{words.reason}</th>
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
              <StatusBadge view={view} status={row.status} />
            </td>
            <td data-label={words.reason} title={row.cause}>
              {row.cause && causeText(view, row.cause)}
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

function Nothing({ view, search, isEmpty }: { view: View; search: string; isEmpty: boolean }): JSX.Element {
  const { words, base } = view;
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

function Pager({ view, page, wanted: { from }, href }: ListParts): JSX.Element | null {
  const { words } = view;
  const { connections: { length }, total, cursor, previous } = page;
  if (length === 0 && from === 0) return null;
  const before = Math.max(0, from - PAGE_ROWS);
  return (
    <nav class="pager" aria-label={words.pages}>
      <span>
        {length > 0 && fill(view, words.shown, { from: from + 1, to: from + length, of: total })}
      </span>
      {from > 0 && <a href={href({})}>{words.firstPage}</a>}
      {previous !== undefined && from > 0 && (
        <a href={before === 0 ? href({}) : href({ after: previous, from: String(before) })} rel="prev">
          {words.previousPage}
        </a>
      )}
      {cursor !== undefined && (
        <a href={href({ after: cursor, from: String(from + length) })} rel="next">{words.nextPage}</a>
      )}
    </nav>
  );
}

function kindOf({ target }: ListedConnection): "location" | "company" {
  return target.locationId === undefined ? "company" : "location";
}
