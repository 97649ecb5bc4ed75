import type { Context } from "hono";
import { type SSEStreamingApi, streamSSE } from "hono/streaming";
import { isAdmin } from "../http/audit.ts";
import type { AppTypes } from "../http/route.ts";
import { sessionOf } from "../http/session.ts";
import { logError } from "../log.ts";
import { CHANGES, isOver, type JobApi, type JobChanges } from "../recovery_job/job_api.ts";
import { withoutLinks } from "../recovery_job/without_links.ts";

/** How often a stream of events looks for news, ms: at first, and where there are none. */
const LOOK_MS = { first: 500, longest: 3_000 } as const;
/** Without news a stream says so this often, ms: a silent connection would be cut. */
const PULSE_MS = 15_000;
/** How often a stream of a signed-in browser looks whether that has signed out, ms. */
const SESSION_MS = 5_000;
/**
 * A stream ends after this, ms, and its reader comes back with his key or session: one that is not good any more is refused then.
 * Before Cloudflare's 1,000 calls of a request are used up.
 */
const LONGEST_MS = 10 * 60_000;

/** Follows a job from `first` on by server-sent events, to its end or as long as its reader may look. */
export function recoveryEvents(context: Context<AppTypes>, job: JobApi, first: JobChanges): Response {
  const { id } = first.progress;
  const headers = { "Content-Type": "text/event-stream", "Cache-Control": "no-store" };
  if (context.req.raw.method === "HEAD") return new Response(null, { headers }); // nobody reads it: nothing to follow
  // Hono would log an error with its message. The reader comes back after what it has.
  const response = streamSSE(
    context,
    (stream) =>
      follow(context, stream, job, first).catch((error: unknown) =>
        logError(error, { job: id, outcome: "answered" })
      ),
  );
  response.headers.set("Cache-Control", "no-store"); // Hono's stream says no-cache
  return response;
}

async function follow(
  context: Context<AppTypes>,
  stream: SSEStreamingApi,
  job: JobApi,
  first: JobChanges,
): Promise<void> {
  const endsAt = Date.now() + LONGEST_MS;
  const mayLook = letIn(context);
  const hasLinks = isAdmin(context);
  let changes: JobChanges | undefined = first;
  let waitMs: number = LOOK_MS.first;
  let told = "";
  let toldAt = Date.now();
  while (changes && !stream.aborted && Date.now() < endsAt) {
    const { progress, seq, unrecovered }: JobChanges = changes;
    const id = String(seq);
    for (const item of hasLinks ? unrecovered : withoutLinks(unrecovered)) {
      await stream.writeSSE({ event: "unrecovered", id: String(item.seq), data: JSON.stringify(item) });
    }
    const data = JSON.stringify(progress);
    if (data !== told) {
      await stream.writeSSE({ event: "progress", id, data });
      [told, toldAt, waitMs] = [data, Date.now(), LOOK_MS.first];
    } else if (Date.now() - toldAt > PULSE_MS) {
      await stream.write(": nothing new\n\n");
      toldAt = Date.now();
    }
    const isCurrent = unrecovered.length < CHANGES;
    if (isOver(progress) && isCurrent) return await stream.writeSSE({ event: "done", id, data });
    if (isCurrent) await stream.sleep(waitMs);
    waitMs = Math.min(LOOK_MS.longest, waitMs * 1.2);
    if (!await mayLook()) return;
    changes = await job.changes(seq);
  }
}

/** Whether the reader may still look; a signed-in browser only until it signs out, here or in another tab. */
function letIn(context: Context<AppTypes>): () => Promise<boolean> {
  if (context.req.header("authorization") !== undefined) return () => Promise.resolve(true);
  let lookedAt = Date.now();
  return async () => {
    if (Date.now() < lookedAt + SESSION_MS) return true;
    lookedAt = Date.now();
    return await sessionOf(context) !== undefined;
  };
}
