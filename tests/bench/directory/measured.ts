import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import { bundle } from "../../worker/worker_world.ts";
import type { Measure, Measurement } from "./measured_entry.ts";

/** Rows written in one call. */
const CHUNK = 5_000;

/** A directory in workerd to be measured. */
export interface MeasuredDirectory extends AsyncDisposable {
  /** Asks once. */
  readonly measure: (ask: Measure) => Promise<Measurement>;
}

/** A directory of `rows` made-up rows; tells how many rows SQLite wrote for each. */
export async function measuredDirectory(
  rows: number,
): Promise<MeasuredDirectory & { readonly rowsWritten: number; readonly bytes: number }> {
  const entry = new URL("./measured_entry.ts", import.meta.url).pathname;
  const miniflare = new Miniflare(convertV4MiniflareOptions({
    modules: [{ type: "ESModule", path: "worker.js", contents: await bundle(entry) }],
    compatibilityDate: "2026-10-20",
    durableObjects: { MEASURED: { className: "Measured", useSQLite: true } },
  }));
  const url = await miniflare.ready;
  const measure = async (ask: Measure): Promise<Measurement> => {
    const response = await fetch(url, { method: "POST", body: JSON.stringify(ask) });
    if (!response.ok) throw new Error(await response.text());
    return await response.json();
  };
  let rowsWritten = 0;
  let bytes = 0;
  for (let from = 0; from < rows; from += CHUNK) {
    const to = Math.min(rows, from + CHUNK);
    const written = await measure({ do: "fill", from, to });
    rowsWritten += written.rowsWritten * (to - from) / rows;
    bytes = written.bytes;
  }
  return { measure, rowsWritten, bytes, [Symbol.asyncDispose]: () => miniflare.dispose() };
}
