import { isOver, type JobProgress } from "../recovery_job/job_api.ts";
import type { LostGroup, Situation } from "../directory/situation.ts";

/** Whose turn it is about connections that are lost. */
export type Turn =
  /** Nobody's: they are tried again by themselves. */
  | "itself"
  /** The customer's, who has to authorise the app again. */
  | "person"
  /** Whoever runs this worker: the app's own settings are refused. */
  | "operator";

/** A cause as people are told it. */
export interface HeadlineGroup extends LostGroup {
  /** Whose turn it is. */
  readonly turn: Turn;
}

/** The line on top. */
export type Headline =
  /** Nothing is held. */
  | { readonly kind: "empty" }
  /** Nothing is lost. */
  | { readonly kind: "well" }
  /** Something is. */
  | {
    readonly kind: "lost";
    /** How many connections. */
    readonly count: number;
    /** Since when, ms: when the largest group began. */
    readonly since: number | undefined;
    /** The largest causes, {@linkcode GROUPS} at most. */
    readonly groups: readonly HeadlineGroup[];
    /** Connections of all other causes. */
    readonly others: number;
    /** How many are broken: what a bulk recovery over them tries. */
    readonly broken: number;
    /** How many wait for a person. */
    readonly person: number;
  };

/** Causes that are told one by one. */
export const GROUPS = 4;

/** What is told first of a `situation` with `total` connections. */
export function headlineOf({ groups }: Pick<Situation, "groups">, total: number): Headline {
  const sum = (some: readonly LostGroup[]): number => some.reduce((all, { count }) => all + count, 0);
  const of = (status: LostGroup["status"]): number => sum(groups.filter((one) => one.status === status));
  if (groups.length === 0) return { kind: total === 0 ? "empty" : "well" };
  return {
    kind: "lost",
    count: sum(groups),
    since: groups[0]?.since,
    groups: groups.slice(0, GROUPS).map((group) => ({ ...group, turn: turnOf(group) })),
    others: sum(groups.slice(GROUPS)),
    broken: of("broken"),
    person: of("reauthorization_required"),
  };
}

/** Whose turn it is about what is lost in this way. */
export function turnOf({ status, cause }: Pick<LostGroup, "status" | "cause">): Turn {
  if (cause.startsWith("invalid_client")) return "operator";
  return status === "broken" ? "itself" : "person";
}

/** The bulk recovery to be looked at instead of beginning another one; the newest that is not over. */
export function jobUnderWay(jobs: readonly JobProgress[]): JobProgress | undefined {
  return jobs.find((job) => !isOver(job));
}
