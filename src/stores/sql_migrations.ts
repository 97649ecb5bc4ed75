import { SQL_WORDS, type SqlDialect } from "./sql_dialect.ts";

/** The version of the tables that this module reads and writes. */
export const SQL_SCHEMA_VERSION = 1;

/** The statements that make the tables where they are missing, in order. */
export function sqlMigrations(dialect: SqlDialect): string[] {
  const { key, text, number } = SQL_WORDS[dialect];
  return [
    `create table if not exists highlevel_schema (version integer primary key)`,
    `create table if not exists highlevel_records (
  key ${key} not null primary key,
  version ${text} not null,
  status ${text},
  due_at ${number},
  drop_at ${number},
  summary ${text} not null,
  body ${text} not null
)`,
    `create index if not exists highlevel_records_by_status on highlevel_records (status, key)`,
    `create index if not exists highlevel_records_by_due on highlevel_records (due_at, key) where due_at is not null`,
    `create index if not exists highlevel_records_by_drop on highlevel_records (drop_at) where drop_at is not null`,
    // A row stays for ever: its fence must not begin again.
    `create table if not exists highlevel_leases (
  key ${key} not null primary key,
  owner ${text} not null,
  fence integer not null,
  until ${number} not null
)`,
    `insert into highlevel_schema (version) values (${SQL_SCHEMA_VERSION}) on conflict (version) do nothing`,
  ];
}
