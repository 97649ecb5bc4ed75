import type { ConnectionStatus } from "../../stores/mod.ts";
import { kindIn } from "../kind_and_id.ts";
import type { DirectorySql } from "./directory_sql.ts";
import { statusAt } from "./status_order.ts";
import type { Total } from "./totals.ts";

/** What the last whole sweep has found. Moments in ms. */
export interface SweepResult {
  /** When it ended. */
  readonly endedAt: number;
  /** Connections that were due and not refreshed, with nothing known that kept them from it. */
  readonly overdue: number;
  /** Connections that got new tokens within a day before it. */
  readonly renewed: number;
  /** When the oldest refresh token was issued, of those that are held in use. */
  readonly oldestRefreshTokenAt?: number;
}

/** Everything that the directory can say in numbers. */
export interface DirectoryMetrics {
  /** Connections, by what they are. */
  readonly connections: readonly {
    readonly kind: "location" | "company";
    readonly status: ConnectionStatus;
    /** Why it is not connected; `""` where it is. */
    readonly cause: string;
    readonly n: number;
  }[];
  /** `false` while the directory is being built anew. */
  readonly isComplete: boolean;
  /** Sums since the directory's first day. */
  readonly totals: readonly Total[];
  /** Bulk recoveries that are listed, by status. */
  readonly jobs: readonly { readonly status: string; readonly n: number }[];
  /** What the last whole sweep found; absent where none has ended yet. */
  readonly swept?: SweepResult;
}

/** The methods of the directory for whoever watches. */
export interface DirectoryMetricsApi {
  /** Everything in numbers. Reads a few rows, however many connections there are. */
  metrics(): Promise<DirectoryMetrics>;
  /** Adds HighLevel's answers of trouble that others met, by status: `429` and `5xx`. */
  noteAnswers(counts: Readonly<Record<string, number>>): Promise<void>;
}

/** Reads the numbers that stand in tables. */
export function readMetrics(sql: DirectorySql): Pick<DirectoryMetrics, "connections" | "totals" | "jobs"> {
  const rows = (query: string): Record<string, unknown>[] => sql.exec(query).toArray();
  return {
    connections: rows("SELECT kind, status, cause, n FROM counters WHERE n > 0").map((row) => ({
      kind: kindIn(row.kind),
      status: statusAt(row.status),
      cause: String(row.cause),
      n: Number(row.n),
    })),
    totals: rows("SELECT name, label, n FROM totals").flatMap(({ name, label, n }) => {
      const known = (["changes", "refreshes", "failures", "answers"] as const).find((one) => one === name);
      return known ? [{ name: known, label: String(label), n: Number(n) }] : [];
    }),
    jobs: rows(
      "SELECT progress ->> 'status' AS status, count(*) AS n FROM jobs GROUP BY progress ->> 'status'",
    )
      .map(({ status, n }) => ({ status: String(status), n: Number(n) })),
  };
}
