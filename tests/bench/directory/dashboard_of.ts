import { createSandbox } from "../../../src/sandbox/mod.ts";
import { KEYS, SANDBOX_APP, startWorld, TEST_ENTRY } from "../../worker/worker_world.ts";
import { madeUpRow } from "./made_up_row.ts";

/** Reports of one call. */
const CHUNK = 1_000;

/** The whole worker in workerd with many connections, and somebody who is signed in. */
export interface FullDashboard extends AsyncDisposable {
  /** A page that answers 200, to its last byte. */
  readonly get: (path: string) => Promise<string>;
}

/** A dashboard of so many made-up `connections`. */
export async function dashboardOf(connections: number): Promise<FullDashboard> {
  const world = await startWorld({
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
  return {
    get: async (path) => {
      const response = await world.call(path, { key: null, headers: { cookie } });
      const text = await response.text();
      if (response.status !== 200) throw new Error(`${path}: ${response.status}`);
      return text;
    },
    [Symbol.asyncDispose]: () => world[Symbol.asyncDispose](),
  };
}
