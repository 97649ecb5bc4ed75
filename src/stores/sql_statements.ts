import type { StoreListOptions } from "./token_store.ts";
import { SQL_WORDS, type SqlDialect, type SqlWords } from "./sql_dialect.ts";

/** What a parameter of a statement may be. */
export type SqlValue = string | number | null;

/** One statement and its parameters. */
export interface SqlStatement {
  readonly text: string;
  readonly values: SqlValue[];
}

/** A record as its row has it. */
export interface SqlRow {
  readonly key: string;
  readonly version: string;
  readonly status: string | null;
  readonly dueAt: number | null;
  readonly dropAt: number | null;
  readonly summary: string;
  readonly body: string;
}

/** Under what condition a row is written; see `PutOptions`. */
export interface SqlCondition {
  readonly ifVersion: string | null | undefined;
  readonly fence: number | undefined;
  readonly now: number;
}

/** Where a list goes on. */
export interface SqlPlace {
  readonly key: string;
  /** Only of a list by `dueAt`. */
  readonly dueAt?: number;
}

/** After every key in use: the greatest code point. */
const LAST = "\u{10FFFF}";
/** So many dropped records are removed at once. */
const SWEPT = 500;

/** The statements of a store, each one step of the database. Parameters are cast: of a bare one no dialect knows the type. */
export interface SqlStatements {
  get(key: string, now: number): SqlStatement;
  /** Gives a row where it was written. */
  put(row: SqlRow, condition: SqlCondition): SqlStatement;
  delete(key: string): SqlStatement;
  /** Removes some of what was to be dropped before `now`. */
  sweep(now: number): SqlStatement;
  /** Up to `limit` rows behind `after`. */
  list(options: StoreListOptions, after: SqlPlace | undefined, limit: number, now: number): SqlStatement;
  /** Gives the fence where the lock was free. */
  take(key: string, owner: string, leaseMs: number): SqlStatement;
  renew(key: string, owner: string, leaseMs: number): SqlStatement;
  release(key: string, owner: string): SqlStatement;
}

/** The statements of a dialect. */
export function sqlStatements(dialect: SqlDialect): SqlStatements {
  const words = SQL_WORDS[dialect];
  const statement = (text: string, values: SqlValue[]): SqlStatement => ({
    text: text.replace(/\$(\d+)/g, (_, index: string) => words.parameter(index)),
    values,
  });
  return {
    get: (key, now) =>
      statement(
        `select version, drop_at, summary, body from highlevel_records
where key = $1 and (drop_at is null or drop_at > $2)`,
        [key, now],
      ),
    put: (row, condition) => statement(...putting(words, row, condition)),
    delete: (key) => statement(`delete from highlevel_records where key = $1`, [key]),
    sweep: (now) =>
      statement(
        `delete from highlevel_records where drop_at <= $1 and key in (
  select key from highlevel_records where drop_at <= $1 order by drop_at limit ${SWEPT})`,
        [now],
      ),
    list: (...asked) => statement(...listing(words, ...asked)),
    take: (key, owner, leaseMs) =>
      statement(
        `insert into highlevel_leases (key, owner, fence, until)
values ($1, $2, 1, ${words.now} + $3)
on conflict (key) do update
set owner = excluded.owner, fence = highlevel_leases.fence + 1, until = ${words.now} + $3
where highlevel_leases.until <= ${words.now} or highlevel_leases.owner = excluded.owner
returning fence`,
        [key, owner, leaseMs],
      ),
    renew: (key, owner, leaseMs) =>
      statement(
        `update highlevel_leases set until = ${words.now} + $3 where key = $1 and owner = $2`,
        [key, owner, leaseMs],
      ),
    release: (key, owner) =>
      statement(`update highlevel_leases set owner = '', until = 0 where key = $1 and owner = $2`, [
        key,
        owner,
      ]),
  };
}

/**
 * The one statement that writes a row where its condition holds. The lease is looked at and held in it: looked at before, its next
 * holder could come and write in between.
 */
function putting(
  { number, locked }: SqlWords,
  { key, version, status, dueAt, dropAt, summary, body }: SqlRow,
  { ifVersion, fence, now }: SqlCondition,
): [string, SqlValue[]] {
  const values: SqlValue[] = [key, version, status, dueAt, dropAt, summary, body];
  const parameter = (value: SqlValue): string => `$${values.push(value)}`;
  const held = fence === undefined ? "" : `with held as (
  select fence from highlevel_leases where key = $1 and fence = ${parameter(fence)} ${locked}
)
`;
  const isHeld = fence === undefined ? "" : " and exists (select 1 from held)";
  const cells = [
    ["version", "$2"],
    ["status", "$3"],
    ["due_at", `cast($4 as ${number})`],
    ["drop_at", `cast($5 as ${number})`],
    ["summary", "$6"],
    ["body", "$7"],
  ] as const;
  if (typeof ifVersion === "string") {
    return [
      `${held}update highlevel_records
set ${cells.map(([column, value]) => `${column} = ${value}`).join(", ")}
where key = $1 and version = ${parameter(ifVersion)} and (drop_at is null or drop_at > ${
        parameter(now)
      })${isHeld}
returning version`,
      values,
    ];
  }
  const isEmpty = ifVersion === null ? `\nwhere highlevel_records.drop_at <= ${parameter(now)}` : "";
  return [
    `${held}insert into highlevel_records (key, ${cells.map(([column]) => column).join(", ")})
select $1, ${cells.map(([, value]) => value).join(", ")} where true${isHeld}
on conflict (key) do update
set ${cells.map(([column]) => `${column} = excluded.${column}`).join(", ")}${isEmpty}
returning version`,
    values,
  ];
}

/** The statement of a page: in the order of keys, or of `dueAt` and then of keys, by the index for it. */
function listing(
  words: SqlWords,
  { prefix = "", status, dueBefore }: StoreListOptions,
  after: SqlPlace | undefined,
  limit: number,
  now: number,
): [string, SqlValue[]] {
  const values: SqlValue[] = [];
  const parameter = (value: SqlValue): string => `$${values.push(value)}`;
  const conditions = [`(drop_at is null or drop_at > ${parameter(now)})`];
  const isByDue = dueBefore !== undefined;
  if (status !== undefined) conditions.push(`status = ${parameter(status)}`);
  if (isByDue) conditions.push(`due_at < ${parameter(dueBefore)}`);
  if (isByDue && after) {
    conditions.push(`(due_at, key) > (${parameter(after.dueAt ?? 0)}, ${parameter(after.key)})`);
  }
  const key = isByDue ? words.keyBesides : "key";
  // One lower bound: of two SQLite may walk from the wrong one.
  if (!isByDue && after && after.key >= prefix) conditions.push(`key > ${parameter(after.key)}`);
  else if (prefix !== "") conditions.push(`${key} >= ${parameter(prefix)}`);
  if (prefix !== "") conditions.push(`${key} < ${parameter(prefix + LAST)}`);
  return [
    `select key, due_at, summary from highlevel_records
where ${conditions.join("\nand ")}
order by ${isByDue ? "due_at, key" : "key"}
limit ${limit}`,
    values,
  ];
}
