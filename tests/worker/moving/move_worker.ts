import { deepEqual, equal, ok } from "node:assert/strict";
import { KEYS, startWorld, until, type WorkerWorld } from "../worker_world.ts";
import { exported, KEY, movedWorld } from "../../moving/moved_world.ts";

/** Lines of connections in one request. */
const PAGE = 400;

/** A worker's whole export, page after page. */
export async function exportOf(world: WorkerWorld, headers: Record<string, string> = {}): Promise<string[]> {
  const lines: string[] = [];
  for (let cursor: string | undefined, pages = 0; pages < 100; pages++) {
    const query = cursor === undefined ? "" : `?cursor=${cursor}`;
    const response = await world.call(`/export${query}`, { headers });
    equal(response.status, 200, response.status === 200 ? "" : await response.text());
    lines.push(...(await response.text()).trimEnd().split("\n"));
    const last = JSON.parse(lines.at(-1) ?? "");
    if (last.end) return lines;
    equal(last.problem, undefined);
    cursor = last.cursor;
  }
  throw new Error("the export has no end");
}

/** Restores an export, page after page; tells the counts of all. */
export async function importInto(
  world: WorkerWorld,
  lines: readonly string[],
  headers: Record<string, string> = {},
): Promise<Record<string, number>> {
  const [head = "", ...rest] = lines;
  const records = rest.filter((line) => line.startsWith(`{"key"`));
  const sum: Record<string, number> = { taken: 0, older: 0, bad: 0, failed: 0 };
  for (let at = 0; at < records.length; at += PAGE) {
    const body = [head, ...records.slice(at, at + PAGE)].join("\n");
    const { status, body: told } = await world.json("/import", { method: "POST", headers, body });
    equal(status, 200, JSON.stringify(told));
    for (const name of Object.keys(sum)) sum[name] = (sum[name] ?? 0) + Number(told[name]);
  }
  return sum;
}

/** A worker with `count` connections is exported and restored into an empty one: all live there, and HighLevel hears of nothing. */
export async function moveWorker(count: number): Promise<void> {
  const { sandbox, store, options, locationIds } = await movedWorld(count);
  const headers = { "Export-Key": KEY ?? "" };
  const records = count + 3;
  const whole = { taken: records, older: 0, bad: 0, failed: 0 };
  const fromStore = await exported(store, options);
  const moving: string[] = [];
  {
    await using folder = await quickFolder();
    await using here = await startWorld({ sandbox, persist: folder.path });
    deepEqual(await importInto(here, fromStore, headers), whole);
    await knowsAll(here, records - 1);
    moving.push(...await exportOf(here));
    const { end } = JSON.parse(moving.at(-1) ?? "");
    deepEqual([end.records, end.forgotten, end.unreadable], [records, 1, 0]);
  }
  await using folder = await quickFolder();
  await using there = await startWorld({ sandbox, persist: folder.path });
  deepEqual(await importInto(there, moving), whole);
  deepEqual(
    await importInto(there, moving),
    { ...whole, taken: 0, older: records },
    "once more changes nothing",
  );
  await knowsAll(there, records - 1);
  for (const locationId of locationIds) {
    const { status, body } = await there.json(`/connections/location/${locationId}/token`);
    equal(status, 200, locationId);
    ok(sandbox.isLiving(String(body.access_token)), locationId);
  }
  equal(sandbox.counts.total, 0, "HighLevel was asked nothing");
  for (const secret of [...sandbox.issuedSecrets(), KEY ?? "?", KEYS.admin]) {
    ok(!moving.some((line) => line.includes(secret)) && !there.logs.some((line) => line.includes(secret)));
  }
}

/** A folder in memory where the system has one: each new connection is a database of its own, and most of its time waits for a disk. */
async function quickFolder(): Promise<AsyncDisposable & { readonly path: string }> {
  const prefix = "highlevel-moving-";
  const path = await Deno.makeTempDir({ dir: "/dev/shm", prefix }).catch(() => Deno.makeTempDir({ prefix }));
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}

/** Waits until the directory knows of `count` connections. */
async function knowsAll(world: Pick<WorkerWorld, "json">, count: number): Promise<void> {
  const total = async (): Promise<unknown> => (await world.json("/connections?limit=1")).body.total;
  await until(async () => await total() === count, `the directory knows all ${count}`);
}
