import { duration, grouped, mebibytes } from "../quantity.ts";
import { timed } from "../rounds.ts";
import { atMost, type Row, type Section } from "../section.ts";
import { dashboardPages } from "./dashboard.ts";
import { measuredDirectory } from "./measured.ts";
import type { Measure } from "./measured_entry.ts";

/** Every answer that a page waits for takes at most this long, ms. */
const GOAL_MS = 20;
/** Each is made so often for one figure, and the best of so many figures counts: the machine has other work as well. */
const TIMES = 10;
const ROUNDS = 5;

/** Each time that rows are changed they become something else than before. */
let changes = 1_000_000_000;

/** What is asked, as people and programs ask it. */
const ASKS: readonly (readonly [string, (times: number) => Measure])[] = [
  ["first page of all", (times) => ({ do: "page", query: { limit: 50 }, times })],
  [
    "page in the middle, by name",
    (times) => ({ do: "page", query: { order: "name", cursor: '["name","h",0]', limit: 50 }, times }),
  ],
  ["page, trouble first", (times) => ({ do: "page", query: { order: "status", limit: 50 }, times })],
  [
    "page of a status, 1,000 rows",
    (times) => ({ do: "page", query: { status: "reauthorization_required", limit: 1_000 }, times }),
  ],
  [
    "page of a status, by name",
    (times) => ({
      do: "page",
      query: { status: "reauthorization_required", order: "name", limit: 50 },
      times,
    }),
  ],
  [
    "page of an agency",
    (times) => ({ do: "page", query: { companyId: "Co000000000000000007", limit: 50 }, times }),
  ],
  ["all counts", (times) => ({ do: "counts", filter: {}, times })],
  [
    "counts of an agency",
    (times) => ({ do: "counts", filter: { companyId: "Co000000000000000007" }, times }),
  ],
  ["search: an id", (times) => ({ do: "page", query: { q: "Lo000000000000077777", limit: 50 }, times })],
  ["search: two words", (times) => ({ do: "page", query: { q: "dental seoul", limit: 50 }, times })],
  ["search: part of a Korean word", (times) => ({ do: "page", query: { q: "치과", limit: 50 }, times })],
  [
    "search: a word and a status",
    (times) => ({ do: "page", query: { q: "clinic", status: "broken", limit: 50 }, times }),
  ],
  [
    "search: two letters, trouble first",
    (times) => ({ do: "page", query: { q: "de", order: "status", limit: 50 }, times }),
  ],
  ["a change of status", (times) => ({ do: "change", times, rows: 100_000, since: ++changes })],
  ["daily sweep: 1,000 keys of KV compared", (times) => ({ do: "sweep", from: 50_002, keys: 1_000, times })],
  ["export: the keys of a page of 400", (times) => ({ do: "keys", from: 50_001, limit: 401, times })],
];

/** How long the directory of `rows` connections takes for what it is asked, and what SQLite reads and writes for it. */
export async function directory(rows: number = 100_000): Promise<Section> {
  await using place = await measuredDirectory(rows);
  const lines: Row[] = [];
  for (const [what, ask] of ASKS) {
    await place.measure(ask(1));
    let ms = Infinity;
    for (let round = 0; round < ROUNDS; round++) {
      const idle = await timed(() => place.measure(ask(0)));
      const whole = await timed(() => place.measure(ask(TIMES)));
      ms = Math.min(ms, Math.max(0, whole - idle) / TIMES);
    }
    const { rowsRead, rowsWritten, total } = await place.measure(ask(1));
    lines.push({
      cells: [
        what,
        duration(ms),
        grouped(Math.round(rowsRead)),
        grouped(Math.round(rowsWritten)),
        grouped(total),
      ],
      ...(rows <= 100_000 && !what.startsWith("daily") && { verdict: atMost(ms, GOAL_MS, duration) }),
      data: { what, ms, rowsRead, rowsWritten, total },
    });
  }
  if (rows <= 100_000) lines.push(...await dashboardPages(rows));
  return {
    name: "directory",
    title: `The directory of ${grouped(rows)} connections, inside its object in workerd`,
    columns: ["", "each", "rows read", "rows written", "rows meant"],
    rows: lines,
    notes: [
      `A new row costs ${place.rowsWritten.toFixed(1)} rows written; all take ${mebibytes(place.bytes)}, ${
        grouped(Math.round(place.bytes / rows))
      } bytes each.`,
      "Pages of the dashboard: the whole worker in workerd, over HTTP, signed in, to the last byte; medians.",
      "A page tells how many rows are meant, so that a search counts every match.",
    ],
  };
}
