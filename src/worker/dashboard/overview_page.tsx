/** @jsxRuntime automatic */
/** @jsxImportSource hono/jsx */
import type { JSX } from "hono/jsx/jsx-runtime";
import type { Connection } from "../../connections/mod.ts";
import type { ConnectionStatus } from "../../stores/mod.ts";
import type { Bar, RangeName } from "./activity.ts";
import { ActivityChart } from "./activity_chart.tsx";
import { type Arranged, type Arrangement, idOf, type Sort } from "./arrange.ts";
import { connectionPath } from "./connection_path.ts";
import { fill } from "./fill.ts";
import { Moment } from "./moment.tsx";
import { type Scan, SCAN_LIMIT } from "./scan.ts";
import { StatusBadge, STATUSES, StatusIcon } from "./status_badge.tsx";
import { mayAct, numberText, type PageParts, type View } from "./view.ts";

/** Everything the overview shows. */
export interface Overview {
  /** How many stand where. */
  readonly counts: Readonly<Record<ConnectionStatus, number>>;
  /** What was read. */
  readonly scan: Scan;
  /** Which part of a long list was read; absent for the first. */
  readonly part: string | undefined;
  /** What was asked for. */
  readonly wanted: Arrangement;
  /** What it came to. */
  readonly arranged: Arranged;
  /** The chart; absent where nothing counts. */
  readonly chart: { readonly bars: readonly Bar[]; readonly range: RangeName } | undefined;
}

type Query = Readonly<Record<string, string | undefined>>;

/** Counts, the chart, and the list of connections. */
export function overviewPage(view: View, overview: Overview): PageParts {
  const { words, base } = view;
  const { counts, scan, part, wanted, arranged, chart } = overview;
  const current: Query = {
    q: wanted.search || undefined,
    status: wanted.status,
    sort: wanted.sort === "status" ? undefined : wanted.sort,
    range: chart?.range === "1" ? undefined : chart?.range,
    part,
  };
  const href = (change: Query): string => `${base || "/"}${queryText({ ...current, ...change })}`;
  const isPartial = part !== undefined || scan.nextPart !== undefined;
  return {
    title: words.overview,
    section: "overview",
    body: (
      <>
        <h1 class="visually-hidden">{words.overview}</h1>
        <BrokenNotice view={view} count={counts.broken} isPartial={isPartial} />
        <nav class="tiles" aria-label={words.status}>
          <Tile
            view={view}
            count={scan.connections.length}
            isPartial={isPartial}
            href={href({ status: undefined })}
            isCurrent={!wanted.status}
          />
          {STATUSES.map((status) => (
            <Tile
              view={view}
              status={status}
              count={counts[status]}
              isPartial={isPartial}
              href={href({ status })}
              isCurrent={wanted.status === status}
            />
          ))}
        </nav>
        {isPartial && <p class="quiet-text">{fill(view, words.countsPart, { count: SCAN_LIMIT })}</p>}
        {chart && <ActivityChart view={view} {...chart} href={(range) => href({ range })} />}
        <section class="panel" aria-labelledby="list">
          <div class="panel-head">
            <h2 id="list">{words.overview}</h2>
            <SearchForm view={view} wanted={wanted} current={current} />
          </div>
          {arranged.rows.length > 0
            ? <ConnectionTable view={view} rows={arranged.rows} sort={wanted.sort} href={href} />
            : <Nothing view={view} wanted={wanted} isEmpty={scan.connections.length === 0} />}
          <Pager view={view} overview={overview} href={href} />
        </section>
      </>
    ),
  };
}

function BrokenNotice(
  { view, count, isPartial }: { view: View; count: number; isPartial: boolean },
): JSX.Element | null {
  const { words, base } = view;
  if (count === 0) return null;
  return (
    <div class="note bad broken-note">
      <p>
        <StatusIcon status="broken" /> {count === 1 && !isPartial
          ? words.brokenNowOne
          : fill(view, words.brokenNow, { count: countText(view, count, isPartial) })}
      </p>
      {mayAct(view) && (
        <form method="post" action={`${base}/ui/recoveries`} data-busy={words.starting}>
          <input type="hidden" name="what" value="status" />
          <input type="hidden" name="status" value="broken" />
          <button type="submit" class="primary">{words.recoverBroken}</button>
        </form>
      )}
    </div>
  );
}

function Tile(
  { view, status, count, isPartial, href, isCurrent }: {
    view: View;
    status?: ConnectionStatus;
    count: number;
    isPartial: boolean;
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
      <span class="tile-count">{countText(view, count, isPartial)}</span>
    </a>
  );
}

function SearchForm(
  { view, wanted, current }: { view: View; wanted: Arrangement; current: Query },
): JSX.Element {
  const { words, base } = view;
  return (
    <form method="get" action={base || "/"} class="search" role="search">
      {["sort", "range", "part"].map((name) =>
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
        {STATUSES.map((status) => (
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
    rows: readonly Connection[];
    sort: Sort;
    href: (change: Query) => string;
  },
): JSX.Element {
  const { words, base } = view;
  const head = (text: string, wanted: Sort, order: "ascending" | "descending" | undefined): JSX.Element => (
    <th scope="col" aria-sort={order}>
      <a href={href({ sort: wanted, after: undefined })} title={fill(view, words.sortBy, { column: text })}>
        {text}
        {order && <span aria-hidden="true">{order === "ascending" ? " ↑" : " ↓"}</span>}
      </a>
    </th>
  );
  const byExpiry = sort === "expiry" ? "ascending" : sort === "-expiry" ? "descending" : undefined;
  return (
    <table class="cards">
      <thead>
        <tr>
          {head(words.connection, "name", sort === "name" ? "ascending" : undefined)}
          {head(words.status, "status", sort === "status" ? "ascending" : undefined)}
          {head(words.expires, sort === "expiry" ? "-expiry" : "expiry", byExpiry)}
          <th scope="col">{words.updated}</th>
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
            <td data-label={words.expires}>
              {row.expiresAt
                ? <Moment view={view} at={row.expiresAt} />
                : <span class="quiet-text">{words.noToken}</span>}
            </td>
            <td data-label={words.updated}>
              <Moment view={view} at={row.updatedAt} />
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
  const { arranged: { from, rows, matching, next }, scan: { nextPart } } = overview;
  if (rows.length === 0 && from === 0 && nextPart === undefined) return null;
  return (
    <nav class="pager" aria-label={words.nextPage}>
      <span>
        {rows.length > 0 && fill(view, words.shown, { from: from + 1, to: from + rows.length, of: matching })}
      </span>
      {from > 0 && <a href={href({ after: undefined })}>{words.firstPage}</a>}
      {next !== undefined && <a href={href({ after: next })} rel="next">{words.nextPage}</a>}
      {nextPart !== undefined && (
        <a href={href({ after: undefined, part: nextPart })}>
          {fill(view, words.nextPart, { count: SCAN_LIMIT })}
        </a>
      )}
    </nav>
  );
}

/** A count; of a part of the list, with a plus. */
function countText(view: View, count: number, isPartial: boolean): string {
  return numberText(view, count) + (isPartial ? "+" : "");
}

function kindOf({ target }: Connection): "location" | "company" {
  return target.locationId === undefined ? "company" : "location";
}

function queryText(query: Query): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) parameters.set(name, value);
  const text = parameters.toString();
  return text && `?${text}`;
}
