import { duration, grouped } from "../quantity.ts";
import { median, timed } from "../rounds.ts";
import { atMost, type Row } from "../section.ts";
import { dashboardOf } from "./dashboard_of.ts";

/** A page of the dashboard, over HTTP, takes at most this long, ms. */
const GOAL_MS = 300;
const ROUNDS = 9;

/** The overview and its searches, as people look at them. */
export const PAGES: readonly (readonly [what: string, path: string])[] = [
  ["dashboard: first page", "/"],
  ["dashboard: by name", "/?sort=name"],
  ["dashboard: of a status", "/?status=reauthorization_required"],
  ["dashboard: search, two words", "/?q=dental+seoul"],
  ["dashboard: search, an id", "/?q=Lo000000000000077777"],
];

/** How long pages of the dashboard take with `connections`: the whole worker in workerd, from the request to the last byte. */
export async function dashboardPages(connections: number): Promise<Row[]> {
  await using dashboard = await dashboardOf(connections);
  const rows: Row[] = [];
  for (const [what, path] of PAGES) {
    const get = async (): Promise<string> => {
      const text = await dashboard.get(path);
      if (!/(Lo|Co)0000/.test(text)) throw new Error(`${path}: no row of the list`);
      return text;
    };
    const length = (await get()).length;
    const ms: number[] = [];
    for (let round = 0; round < ROUNDS; round++) ms.push(await timed(get));
    rows.push({
      cells: [what, duration(median(ms)), "", "", `${grouped(length)} characters`],
      verdict: atMost(median(ms), GOAL_MS, duration),
      data: { what, ms: median(ms), length },
    });
  }
  return rows;
}
