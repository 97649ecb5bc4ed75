import type { ConnectionStatus } from "../../stores/mod.ts";
import type { KindAndId } from "../kind_and_id.ts";

/** Ways to sort: by what needs somebody, by name, by what changed last. */
export const SORTS = ["status", "name", "since"] as const;

/** How the list is sorted. */
export type Sort = (typeof SORTS)[number];

/** How long ago, ms, the longest: what changed its status since then. */
export const PERIODS = { hour: 3_600_000, day: 24 * 3_600_000, week: 7 * 24 * 3_600_000 } as const;

/** One of {@linkcode PERIODS}. */
export type Period = keyof typeof PERIODS;

/** What the list shall show. */
export interface Arrangement {
  /** Words of a name, or an id. */
  readonly search: string;
  /** Only this status. */
  readonly status: ConnectionStatus | undefined;
  /** Only locations, or agencies. */
  readonly kind: KindAndId["kind"] | undefined;
  /** Only what is lost for this cause. */
  readonly cause: string | undefined;
  /** Only this agency and its locations: its id. */
  readonly agency: string | undefined;
  /** Only what changed its status within this time. */
  readonly period: Period | undefined;
  /** In which order. */
  readonly sort: Sort;
  /** How many rows stand on the pages before this one. */
  readonly from: number;
}

/** The parameters of an address. */
export type Query = Readonly<Record<string, string | undefined>>;

/** The address of the page with other parameters. */
export type Href = (change: Query) => string;

/** The parameters that ask for `wanted`, from its first page on. */
export function queryOf({ search, status, kind, cause, agency, period, sort }: Arrangement): Query {
  const order = sort === "status" ? undefined : sort;
  return { q: search || undefined, status, kind, cause, agency, period, sort: order };
}

/** Whether `wanted` shows less than all. */
export function isFiltered({ search, status, kind, cause, agency, period }: Arrangement): boolean {
  return search !== "" || [status, kind, cause, agency, period].some((one) => one !== undefined);
}

/** `query` as it stands in an address. */
export function queryText(query: Query): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) parameters.set(name, value);
  const text = parameters.toString();
  return text && `?${text}`;
}
