/**
 * `deno task test:runtimes`: runs the conformance suite in every runtime and prints a matrix. What a runtime lacks is
 * `n/a` and counts as neither passed nor failed.
 */
import { RUNTIMES } from "../tests/conformance/runtimes/all.ts";
import type { ConformanceResult } from "../tests/conformance/suite.ts";

interface Column {
  readonly name: string;
  readonly results: readonly ConformanceResult[];
  /** Why there are no results. */
  readonly missing?: string;
  /** Why the run broke. */
  readonly broken?: string;
  readonly ms: number;
}

const columns: Column[] = [];
for (const { name, missing, run } of RUNTIMES) {
  const startedAt = performance.now();
  const ended = missing === undefined
    ? await run().then((results) => ({ results }), (error) => ({ results: [], broken: `${error}` }))
    : { results: [], missing };
  columns.push({ name, ...ended, ms: Math.round(performance.now() - startedAt) });
}

const groups = [...new Set(columns.flatMap(({ results }) => results.map(({ name }) => groupOf(name))))];
const rows = [
  ["", ...columns.map(({ name }) => name)],
  ...groups.map((group) => [group, ...columns.map((column) => cellOf(column, group))]),
  ["all", ...columns.map((column) => cellOf(column, ""))],
  ["time", ...columns.map(({ ms }) => `${(ms / 1000).toFixed(1)} s`)],
];
const widths = rows[0]?.map((_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0))) ?? [];
for (const row of rows) console.log(row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join("  ").trimEnd());

for (const { name, results, missing, broken } of columns) {
  if (missing) console.log(`\n${name} n/a: ${missing}`);
  if (broken) console.log(`\n${name} FAILED: ${broken}`);
  for (const { name: check, ok, error, lacks } of results) {
    if (lacks) console.log(`\n${name} n/a: ${check} (the runtime lacks ${lacks})`);
    else if (!ok) console.log(`\n${name} FAILED: ${check}\n  ${error}`);
  }
}
const all = columns.flatMap(({ results }) => results);
const failed = all.filter(({ ok, lacks }) => !ok && !lacks).length +
  columns.filter(({ broken }) => broken !== undefined).length;
const skipped = all.filter(({ lacks }) => lacks).length +
  columns.filter(({ missing }) => missing !== undefined).length;
console.log(
  `\n${all.filter(({ ok }) => ok).length} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ""}`,
);
if (failed > 0) Deno.exit(1);

function groupOf(name: string): string {
  return name.slice(0, name.indexOf(": "));
}

/** `7`, `6 of 7`, `5 + 2 n/a`. */
function cellOf({ results, missing, broken }: Column, group: string): string {
  if (missing) return "n/a";
  if (broken) return "FAILED";
  const own = results.filter(({ name }) => group === "" || groupOf(name) === group);
  const passed = own.filter(({ ok }) => ok).length;
  const lacking = own.filter(({ lacks }) => lacks).length;
  const total = own.length - lacking;
  return `${passed === total ? `${passed} ok` : `${passed} of ${total}`}${
    lacking ? ` + ${lacking} n/a` : ""
  }`;
}
