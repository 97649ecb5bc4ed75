import { Connections, MemoryStore } from "../../../mod.ts";
import { duration, times } from "../quantity.ts";
import { compared, timed } from "../rounds.ts";
import { row } from "../row.ts";
import { atMost, type Row } from "../section.ts";
import { serving } from "../serving.ts";
import { APP, storeLiving } from "./stored.ts";

const CALLS = 200;

/** `Connections.fetch` next to a bare `fetch` with the same headers, one call after another over loopback. */
export async function fetchCall(): Promise<Row> {
  await using server = await serving("plain");
  const { baseUrl } = server.app;
  const store = new MemoryStore();
  const [locationId = ""] = await storeLiving(store, 1);
  const connections = new Connections({ app: { ...APP, baseUrl }, store });
  const token = await connections.accessToken({ locationId });
  const path = `/locations/${locationId}`;
  const url = baseUrl + path;

  const each = async (call: () => Promise<Response>): Promise<number> =>
    await timed(async () => {
      for (let count = 0; count < CALLS; count++) await (await call()).text();
    }) / CALLS;
  const found = await compared(
    61,
    () => each(() => connections.fetch({ locationId }, path)),
    () => each(() => fetch(url, { headers: { Authorization: `Bearer ${token}`, Version: "2021-07-28" } })),
  );
  return row("Connections.fetch, loopback", {
    value: found.ours,
    reference: found.reference,
    against: "bare fetch with the same headers",
    ratio: found.ratio,
    show: duration,
    verdict: atMost(found.ratio, 1.1, times),
  });
}
