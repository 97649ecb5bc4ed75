/**
 * `deno task test:stores`: the contract of every store, and the tests of many processes on it, as a matrix: store × promise. What a
 * store does not promise is empty; what was skipped for want of a server says so. `--markdown` prints the table of docs/STORES.md.
 */
import { storeContract } from "../src/testing/mod.ts";

const PATHS = [
  "tests/stores/stores_test.ts",
  "tests/stores/deno_kv_file_test.ts",
  "tests/stores/sql",
  "tests/stores/redis",
  "tests/stores/processes_test.ts",
  "tests/stores/kill_process_test.ts",
];
const PARTS = ["records", "lists", "versions", "lock", "races", "deaths", "processes"] as const;
type Part = (typeof PARTS)[number];

interface Cell {
  passed: number;
  failed: number;
  skipped: number;
}

/** The part of each promise, by its sentence. */
const parts = new Map<string, Part>();
const never = (): Promise<never> => Promise.reject(new Error("only the names are asked for"));
for (const hasVersions of [true, false]) {
  const promises = { hasVersions, hasLock: true, keepsNotes: true, isShared: true };
  for (const { part, name } of storeContract(never, promises)) parts.set(name, part);
}

const file = await Deno.makeTempFile({ suffix: ".xml" });
await new Deno.Command(Deno.execPath(), {
  args: ["test", "-A", "--quiet", `--junit-path=${file}`, ...PATHS],
  cwd: new URL("../", import.meta.url),
  stdout: "null",
  stderr: "inherit",
}).output();
const report = await Deno.readTextFile(file);
await Deno.remove(file);

const matrix = new Map<string, Map<Part, Cell>>();
const failures: string[] = [];
for (
  const [, name = "", rest = ""] of report.matchAll(
    /<testcase name="([^"]*)"([^]*?)(?=<testcase|<\/testsuite>)/g,
  )
) {
  const [, store = "", sentence = ""] = /^(.+?): (.+)$/.exec(unescaped(name)) ?? [];
  // Tests of other things than a store's promise have no store before their sentence.
  if (store === "" || store.startsWith("sealed ")) continue;
  const part = parts.get(sentence) ?? "processes";
  const row = matrix.get(store) ?? new Map<Part, Cell>();
  const cell = row.get(part) ?? { passed: 0, failed: 0, skipped: 0 };
  const isFailed = rest.includes("<failure") || rest.includes("<error");
  if (isFailed) failures.push(`${store}: ${sentence}`);
  cell[isFailed ? "failed" : rest.includes("<skipped") ? "skipped" : "passed"]++;
  matrix.set(store, row.set(part, cell));
}

const rows = [
  ["store", ...PARTS],
  ...[...matrix].map(([store, row]) => [store, ...PARTS.map((part) => shown(row.get(part)))]),
];
console.log(Deno.args.includes("--markdown") ? markdown(rows) : columns(rows));
for (const failure of failures) console.log(`\nFAILED ${failure}`);
if (failures.length > 0 || matrix.size === 0) Deno.exit(1);

function shown(cell: Cell | undefined): string {
  if (!cell) return "";
  const { passed, failed, skipped } = cell;
  return [passed && `${passed} ok`, failed && `${failed} FAILED`, skipped && `${skipped} skipped`].filter(
    Boolean,
  ).join(", ");
}

function columns(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]?.map((_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0))) ?? [];
  return rows.map((row) => row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join("  ").trimEnd()).join(
    "\n",
  );
}

function markdown(rows: readonly (readonly string[])[]): string {
  const lines = rows.map((row) => `| ${row.join(" | ")} |`);
  return [lines[0], `|${"---|".repeat(rows[0]?.length ?? 0)}`, ...lines.slice(1)].join("\n");
}

function unescaped(text: string): string {
  return text.replaceAll("&quot;", '"').replaceAll("&apos;", "'").replaceAll("&#39;", "'").replaceAll(
    "&lt;",
    "<",
  )
    .replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}
