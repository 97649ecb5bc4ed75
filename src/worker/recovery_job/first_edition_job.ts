import type { Sql } from "../durable/object_sql.ts";
import type { JobSource, JobTarget } from "./job_api.ts";
import { targetIn } from "./job_targets.ts";

/** What is left to do of a job that the first edition began. */
export interface FirstEditionJob {
  readonly id: string;
  readonly source: JobSource;
  /** Those that have not ended. */
  readonly targets: readonly JobTarget[];
}

/** Whether the object over `sql` is a job's of the first edition: it kept its facts as named texts, and no app stood in its name. */
export function isFirstEditionJob(sql: Sql): boolean {
  const tables = sql.exec("SELECT name FROM sqlite_master WHERE name IN ('facts', 'job')").toArray();
  return tables.length === 1 && tables[0]?.name === "facts";
}

/** What is left of the first edition's job over `sql`; `undefined` where it was never started, or has ended. */
export function leftOfFirstEdition(sql: Sql): FirstEditionJob | undefined {
  const facts = new Map(
    sql.exec("SELECT name, value FROM facts").toArray().map(({ name, value }) => [name, String(value)]),
  );
  const id = facts.get("id");
  if (id === undefined || !facts.has("started") || facts.has("finishedAt")) return undefined;
  const source: JobSource = JSON.parse(facts.get("source") ?? '{"kind":"targets"}');
  const companyId = source.kind === "status" ? undefined : source.companyId;
  const targets = sql.exec("SELECT kind, id, name FROM targets WHERE outcome IS NULL").toArray()
    .map(targetIn);
  // What was found is not looked for again; a list that was cut is, as a whole.
  const isListed = facts.has("listed");
  return { id, targets, source: isListed ? { kind: "targets", ...(companyId && { companyId }) } : source };
}
