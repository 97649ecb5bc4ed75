/** @jsxRuntime automatic */
/** @jsxImportSource hono/jsx */
import type { JSX } from "hono/jsx/jsx-runtime";
import type { DirectoryCounts } from "../directory/directory_api.ts";
import type { ListedConnectionPage } from "../directory/listed_connection.ts";
import type { ConnectionStatus } from "../../stores/mod.ts";
import type { Bar, RangeName } from "./activity.ts";
import { ActivityChart } from "./activity_chart.tsx";
import { type Arrangement, type Href, queryOf, queryText } from "./arrangement.ts";
import { ConnectionList } from "./connection_list.tsx";
import { HeadlinePanel, type PanelFacts } from "./headline_panel.tsx";
import { STATUS_ORDER } from "../directory/status_order.ts";
import { StatusIcon } from "./status_badge.tsx";
import { numberText, type PageParts, type View } from "./view.ts";

/** Everything the overview shows. */
export interface Overview {
  /** How many stand where. */
  readonly counts: DirectoryCounts;
  /** The page of the list. */
  readonly page: ListedConnectionPage;
  /** What was asked for. */
  readonly wanted: Arrangement;
  /** What the agency that is asked for is called, where that is known. */
  readonly agency: string | undefined;
  /** What is wrong; absent where that cannot be read. */
  readonly facts: PanelFacts | undefined;
  /** The chart; absent where nothing counts. */
  readonly chart: { readonly bars: readonly Bar[]; readonly range: RangeName } | undefined;
}

/** Counts, the chart, and the list of connections. */
export function overviewPage(view: View, overview: Overview): PageParts {
  const { words, base } = view;
  const { counts, page, wanted, chart } = overview;
  const range = chart?.range === "1" ? undefined : chart?.range;
  const href: Href = (change) => `${base || "/"}${queryText({ ...queryOf(wanted), range, ...change })}`;
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
            href={href({ status: undefined, cause: undefined })}
            isCurrent={!wanted.status}
          />
          {STATUS_ORDER.map((status) => (
            <Tile
              view={view}
              status={status}
              count={counts.byStatus[status]}
              href={href({ status, cause: undefined })}
              isCurrent={wanted.status === status}
            />
          ))}
        </nav>
        {!counts.isComplete && <p class="quiet-text">{words.listIncomplete}</p>}
        {chart && <ActivityChart view={view} {...chart} href={(range) => href({ range })} />}
        <ConnectionList
          view={view}
          page={page}
          wanted={wanted}
          agency={overview.agency}
          causes={counts.byCause}
          hidden={{ range }}
          isEmpty={counts.total === 0}
          href={href}
        />
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
