import { type ConnectionTarget, HighLevelError, reconnect } from "../../oauth/mod.ts";
import { CloudflareKvStore } from "../../stores/mod.ts";
import { logError } from "../log.ts";
import type { ReconnectApp } from "../reconnect_app.ts";
import { startJob } from "../recovery_job/start_job.ts";
import { withSharedNotes } from "./shared_notes.ts";
import { type Chat, tellSoon } from "./tell_people.ts";

const DAY_MS = 24 * 3_600_000;

/**
 * What is done once a day before the sweep: a Reconnect endpoint that was found removed is asked once more, with
 * `inTrouble`; then everything that is not connected is tried again, by one job for each status.
 */
export async function dailyRound(
  app: ReconnectApp,
  inTrouble: ConnectionTarget | undefined,
  chat: Chat,
  now: number,
): Promise<void> {
  // First, so that the retries find the endpoint where it is back; its own trouble must not stop them.
  await probeEndpoint(app, inTrouble, chat, now).catch((error: unknown) =>
    logError(error, { daily: "probe", outcome: "passed_over" })
  );
  const day = new Date(now).toISOString().slice(0, 10);
  for (const status of ["broken", "paused", "reauthorization_required"] as const) {
    await startJob(app, [], { kind: "status", status }, { startedBy: "daily", id: `daily-${day}-${status}` });
  }
}

/** Asks the endpoint, and tells when it is back. A healthy connection is left alone: an answer would cost it a code. */
async function probeEndpoint(
  app: ReconnectApp,
  inTrouble: ConnectionTarget | undefined,
  chat: Chat,
  now: number,
): Promise<void> {
  const { id, env, settings, directory } = app;
  const store = withSharedNotes(new CloudflareKvStore(env.TOKENS), directory);
  const note = `app/${id}/reconnect`;
  // The note holds for a day, as the core wants it; this one until the endpoint answers, however late the cron comes.
  const watch = `app/${id}/reconnect-watch`;
  const [noted, watched] = await Promise.all([store.get(note), store.get(watch)]);
  if (!noted && !watched) return;
  const error = inTrouble
    ? await reconnect(settings.app, inTrouble).then(() => undefined, (thrown: unknown) => thrown)
    : new HighLevelError("unavailable", "Nothing is in trouble that it could be asked for.");
  const isRemoved = error instanceof HighLevelError && error.code === "endpoint_removed";
  const isUnknown = error instanceof HighLevelError && error.retryable;
  if (isRemoved || isUnknown) {
    const record = { format: 1, summary: { updatedAt: now }, body: "{}" } as const;
    await store.put(watch, { ...record, dropAt: now + 7 * DAY_MS });
    if (isRemoved) await store.put(note, { ...record, dropAt: now + DAY_MS });
    return;
  }
  await store.delete(note);
  await tellSoon(app, chat, {
    text: "HighLevel's Reconnect endpoint answers again. Connections that need a person are retried now.",
    kind: "endpoint_back",
  });
  await store.delete(watch);
}
