import { createSandbox } from "../../../src/sandbox/mod.ts";
import { KEYS, SANDBOX_APP, startWorld, TEST_ENTRY } from "../../worker/worker_world.ts";
import { duration, grouped } from "../quantity.ts";
import { median, timed } from "../rounds.ts";
import { atMost, type Row } from "../section.ts";
import { madeUpRow } from "./made_up_row.ts";

/** A page of the dashboard, over HTTP, takes at most this long, ms. */
const GOAL_MS = 300;
const ROUNDS = 9;
/** Reports of one call. */
const CHUNK = 1_000;

const PAGES: readonly (readonly [what: string, path: string])[] = [
  ["dashboard: first page", "/"],
  ["dashboard: by name", "/?sort=name"],
  ["dashboard: of a status", "/?status=reauthorization_required"],
  ["dashboard: search, two words", "/?q=dental+seoul"],
  ["dashboard: search, an id", "/?q=Lo000000000000077777"],
];

/** How long pages of the dashboard take with `connections`: the whole worker in workerd, from the request to the last byte. */
export async function dashboardPages(connections: number): Promise<Row[]> {
  await using world = await startWorld({
    sandbox: createSandbox({ app: SANDBOX_APP }),
    entry: TEST_ENTRY,
    variables: { ALERT_WEBHOOK_URL: undefined },
  });
  for (let from = 0; from < connections; from += CHUNK) {
    const reports = Array.from({ length: Math.min(CHUNK, connections - from) }, (_, at) => ({
      row: madeUpRow(from + at),
      seq: 1,
      changes: [],
    }));
    await world.handle("report", { of: "directory", name: "0", method: "report", args: [reports] });
  }
  const signedIn = await world.call("/ui/sign-in", {
    method: "POST",
    key: null,
    headers: { "Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin" },
    body: new URLSearchParams({ key: KEYS.viewer }).toString(),
  });
  await signedIn.body?.cancel();
  const [cookie = ""] = (signedIn.headers.get("set-cookie") ?? "").split(";");
  const rows: Row[] = [];
  for (const [what, path] of PAGES) {
    const get = async (): Promise<string> => {
      const response = await world.call(path, { key: null, headers: { cookie } });
      const text = await response.text();
      if (response.status !== 200 || !/(Lo|Co)0000/.test(text)) {
        throw new Error(`${path}: ${response.status}, no row of the list`);
      }
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
