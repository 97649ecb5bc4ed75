import { equal, match } from "node:assert/strict";
import { KEYS, until, type WorkerWorld } from "../worker_world.ts";

/** A job as `GET /recoveries/{id}` shows it. */
export type Progress = Record<string, unknown>;

/** Starts a bulk recovery, and tells its id. */
export async function startJob(world: WorkerWorld, body: unknown): Promise<string> {
  const answer = await world.json("/recoveries", {
    method: "POST",
    body: JSON.stringify(body),
    headers: { "Content-Type": "application/json" },
  });
  equal(answer.status, 202, JSON.stringify(answer.body));
  return String(answer.body.id);
}

/** Starts one of `ids`, which are locations. */
export async function startJobOf(world: WorkerWorld, ids: readonly string[]): Promise<string> {
  return await startJob(world, { targets: ids.map((locationId) => ({ locationId })) });
}

/** Where a job stands. */
export async function progressOf(world: WorkerWorld, id: string): Promise<Progress> {
  return (await world.json(`/recoveries/${id}`, { key: KEYS.viewer })).body;
}

/** Waits until a job stands as `status`. */
export async function jobIs(world: WorkerWorld, id: string, status: string): Promise<Progress> {
  let progress: Progress = {};
  await until(async () => {
    progress = await progressOf(world, id);
    return progress.status === status;
  }).catch((error) => {
    throw new Error(`${error.message} ${JSON.stringify(progress)}`);
  });
  return progress;
}

/** Lets time pass for a job: the worker's clock moves, and its alarm rings. */
export async function pass(world: WorkerWorld, id: string, ms: number): Promise<void> {
  await world.advance(ms);
  await world.ring(id, "job");
}

/** The counts of a job. */
export function countsOf(
  { total, recovered, paused, reauthorization_required, failed, remaining }: Progress,
): unknown {
  return { total, recovered, paused, reauthorization_required, failed, remaining };
}

/** Server-sent events of a job, read to the end or until `stop`. */
export async function eventsOf(
  world: WorkerWorld,
  id: string,
  after?: string,
  stop: (event: Record<string, string>) => boolean = () => false,
  key?: string,
): Promise<Record<string, string>[]> {
  const leaving = new AbortController();
  const response = await world.call(`/recoveries/${id}/events`, {
    signal: leaving.signal,
    ...(key !== undefined && { key }),
    ...(after !== undefined && { headers: { "Last-Event-ID": after } }),
  });
  match(response.headers.get("content-type") ?? "", /^text\/event-stream/);
  equal(response.headers.get("cache-control"), "no-store");
  const found: Record<string, string>[] = [];
  let text = "";
  if (!response.body) return found;
  for await (const part of response.body.pipeThrough(new TextDecoderStream())) {
    text += part;
    for (let end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n")) {
      const lines = text.slice(0, end).split("\n").filter((line) => !line.startsWith(":"));
      text = text.slice(end + 2);
      if (lines.length === 0) continue;
      const event = Object.fromEntries(lines.map((line) => line.split(/: ?(.*)/s, 2)));
      found.push(event);
      if (!stop(event)) continue;
      leaving.abort();
      return found;
    }
  }
  return found;
}
