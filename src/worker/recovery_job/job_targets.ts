import { shortName } from "../connection/short_name.ts";
import type { Sql } from "../durable/object_sql.ts";
import type { PlainRecovery } from "../durable/plain_result.ts";
import type { JobEnd, JobItem, JobReason, JobTarget } from "./job_api.ts";
import type { TargetState } from "./target_rules.ts";
import { kindIn, targetOf } from "../kind_and_id.ts";

/** Characters of a name that messages carry. */
const NAME_LENGTH = 100;
/** When a target is due that is under way: after everything that waits. */
const UNDER_WAY = Number.MAX_SAFE_INTEGER;

/** The table, and what finds targets that are due and those that ended without tokens. */
export const TARGETS_SCHEMA: readonly string[] = [
  `CREATE TABLE targets (
    kind TEXT NOT NULL, id TEXT NOT NULL, name TEXT,
    dueAt INTEGER NOT NULL DEFAULT 0, tries INTEGER NOT NULL DEFAULT 0,
    outcome TEXT, seq INTEGER, detail TEXT, PRIMARY KEY (kind, id)
  ) WITHOUT ROWID`,
  "CREATE INDEX due ON targets (dueAt) WHERE outcome IS NULL",
  "CREATE INDEX unrecovered ON targets (seq) WHERE seq IS NOT NULL",
];

/** A job's targets, in SQLite. */
export class JobTargets {
  readonly #sql: Sql;

  /** Over `sql`. */
  constructor(sql: Sql) {
    this.#sql = sql;
  }

  /** Adds those that are not there; tells how many. */
  add(targets: readonly JobTarget[]): number {
    let added = 0;
    for (const { kind, id, name } of targets) {
      added += this.#sql.exec(
        "INSERT INTO targets (kind, id, name) VALUES (?, ?, ?) ON CONFLICT DO NOTHING RETURNING 1",
        kind,
        id,
        shortName(name, NAME_LENGTH) ?? null,
      ).toArray().length;
    }
    return added;
  }

  /** When the first one that waits is due, ms. */
  firstDueAt(): number | undefined {
    const [row] = this.#sql.exec(
      "SELECT dueAt FROM targets WHERE outcome IS NULL AND dueAt < ? ORDER BY dueAt LIMIT 1",
      UNDER_WAY,
    ).toArray();
    return row && Number(row.dueAt);
  }

  /** Whether one waits, and is due by `at`. */
  isDue({ kind, id }: JobTarget, at: number): boolean {
    return this.#sql.exec(
      "SELECT 1 FROM targets WHERE kind = ? AND id = ? AND outcome IS NULL AND dueAt <= ?",
      kind,
      id,
      at,
    ).toArray().length > 0;
  }

  /** At most `most` that are due by `at`, first come first. */
  due(at: number, most: number): JobTarget[] {
    return this.#sql.exec(
      "SELECT kind, id, name FROM targets WHERE outcome IS NULL AND dueAt <= ? ORDER BY dueAt LIMIT ?",
      Math.min(at, UNDER_WAY - 1),
      most,
    ).toArray().map(targetIn);
  }

  /** Notes that `targets` are under way. */
  sent(targets: readonly JobTarget[]): void {
    for (const { kind, id } of targets) {
      this.#sql.exec("UPDATE targets SET dueAt = ? WHERE kind = ? AND id = ?", UNDER_WAY, kind, id);
    }
  }

  /** Takes back all that are under way: they are due at `at`. */
  takeBack(at: number): void {
    this.#sql.exec("UPDATE targets SET dueAt = ? WHERE outcome IS NULL AND dueAt = ?", at, UNDER_WAY);
  }

  /** What is known of one; `undefined` where the job does not have it. */
  state({ kind, id }: JobTarget): TargetState | undefined {
    const [row] = this.#sql.exec(
      "SELECT outcome, dueAt, tries FROM targets WHERE kind = ? AND id = ?",
      kind,
      id,
    ).toArray();
    return row && {
      outcome: row.outcome === null ? undefined : endOf(row.outcome),
      isUnderWay: row.outcome === null && row.dueAt === UNDER_WAY,
      tries: Number(row.tries),
    };
  }

  /** Lets one be due again at `at`, with its last reason. */
  again(target: JobTarget, at: number, tries: number, recovery: PlainRecovery | undefined): void {
    const detail = recovery ? JSON.stringify(detailOf(recovery)) : null;
    this.#sql.exec(
      "UPDATE targets SET dueAt = ?, tries = ?, detail = coalesce(?, detail) WHERE kind = ? AND id = ?",
      at,
      tries,
      detail,
      target.kind,
      target.id,
    );
  }

  /** Ends one; `seq` is its position among those that ended without tokens. */
  end({ kind, id }: JobTarget, as: JobEnd, recovery: PlainRecovery | undefined, seq: number): void {
    const isRecovered = as === "recovered";
    this.#sql.exec(
      "UPDATE targets SET outcome = ?, seq = ?, detail = ? WHERE kind = ? AND id = ?",
      as,
      isRecovered ? null : seq,
      isRecovered || !recovery ? null : JSON.stringify(detailOf(recovery)),
      kind,
      id,
    );
  }

  /** Ends at most `most` of those left as failed, with the last reason known of each; tells how many. */
  giveUp(most: number, seq: number, reason: string): number {
    const left = this.#sql.exec("SELECT kind, id, detail FROM targets WHERE outcome IS NULL LIMIT ?", most)
      .toArray();
    left.forEach(({ kind, id, detail }, index) => {
      this.#sql.exec(
        "UPDATE targets SET outcome = 'failed', seq = ?, detail = ? WHERE kind = ? AND id = ?",
        seq + index + 1,
        detail ?? JSON.stringify({ code: "unavailable", message: reason }),
        kind,
        id,
      );
    });
    return left.length;
  }

  /** Removes what is kept of one besides that it was one of many; tells whether the job has it. */
  erase({ kind, id }: JobTarget): boolean {
    return this.#sql.exec(
      "UPDATE targets SET name = NULL, detail = NULL WHERE kind = ? AND id = ? RETURNING 1",
      kind,
      id,
    ).toArray().length > 0;
  }

  /** Why those that ended without tokens have none, the most frequent reason first. */
  reasons(): JobReason[] {
    return this.#sql.exec(
      "SELECT outcome, detail ->> 'code' AS code, count(*) AS n FROM targets WHERE seq > 0 GROUP BY 1, 2 ORDER BY n DESC",
    ).toArray().map(({ outcome, code, n }) => ({
      outcome: endOf(outcome),
      ...(typeof code === "string" && { code }),
      count: Number(n),
    }));
  }

  /** At most `most` that ended without tokens after `seq`, in order. */
  unrecovered(seq: number, most: number): JobItem[] {
    return this.#sql.exec(
      "SELECT kind, id, name, outcome, seq, detail FROM targets WHERE seq > ? ORDER BY seq LIMIT ?",
      seq,
      most,
    ).toArray().map((row): JobItem => ({
      seq: Number(row.seq),
      target: targetOf(targetIn(row)),
      ...(typeof row.name === "string" && { name: row.name }),
      outcome: endOf(row.outcome),
      ...JSON.parse(String(row.detail ?? "{}")),
    }));
  }
}

/** What is told of a recovery that brought no tokens. */
function detailOf({ error, traceId, authorizationUrl }: PlainRecovery): Partial<JobItem> {
  return {
    // What a person suspended is no account that HighLevel paused.
    ...(error && { code: error.reason === "suspended" ? error.reason : error.code, message: error.message }),
    ...(traceId && { traceId }),
    ...(authorizationUrl && { authorizationUrl }),
  };
}

/** The target in a row of either edition. */
export function targetIn({ kind, id, name }: Record<string, SqlStorageValue>): JobTarget {
  return {
    kind: kindIn(kind),
    id: String(id),
    ...(typeof name === "string" && { name }),
  };
}

function endOf(value: SqlStorageValue | undefined): JobEnd {
  switch (value) {
    case "recovered":
    case "paused":
    case "reauthorization_required":
      return value;
    default:
      return "failed";
  }
}
