import { Connections } from "../connections/connections.ts";
import { HighLevelError } from "../oauth/highlevel_error.ts";
import { reconnect } from "../oauth/reconnect.ts";
import { type ConnectionTarget, describeTarget } from "../oauth/target.ts";
import { CloudflareKvStore } from "../stores/cloudflare_kv_store.ts";
import { postAlert } from "./connection/alerts.ts";
import { startJob } from "./recovery_job/start_job.ts";
import type { ReconnectApp } from "./reconnect_app.ts";
import { withSharedNotes } from "./directory/shared_notes.ts";
import type { Settings } from "./settings.ts";
import { logError } from "./log.ts";

const DAY_MS = 24 * 3_600_000;
/** A refresh token unused for longer than this nears the end of its year, ms. */
const OLD_TOKEN_MS = 330 * DAY_MS;
/** Then it is dead, ms. */
const DEAD_TOKEN_MS = 365 * DAY_MS;
/** Pages of 1,000 connections that the warning looks at: KV allows 1,000 calls. */
const MAX_PAGES = 900;
/** Connections named in one warning. */
const NAMED = 20;

/** The daily round: probes a removed endpoint, retries what is not connected, warns of old refresh tokens. */
export async function daily(app: ReconnectApp, now: number): Promise<void> {
  const { env, settings } = app;
  const connections = new Connections({ app: settings.app, store: new CloudflareKvStore(env.TOKENS) });
  // First, so that the retries find the endpoint where it is back; its own trouble must not stop them.
  await probeEndpoint(app, connections, now).catch((error: unknown) =>
    logError(error, { daily: "probe", outcome: "passed_over" })
  );
  const day = new Date(now).toISOString().slice(0, 10);
  for (const status of ["broken", "paused", "reauthorization_required"] as const) {
    await startJob(app, [], { kind: "status", status }, { startedBy: "daily", id: `daily-${day}-${status}` });
  }
  await warnOfOldTokens(settings, connections, now);
}

/** Asks a Reconnect endpoint that was found removed once more, and tells when it is back. */
async function probeEndpoint(
  { id, env, settings, directory }: ReconnectApp,
  connections: Connections,
  now: number,
): Promise<void> {
  const store = withSharedNotes(new CloudflareKvStore(env.TOKENS), directory);
  const note = `app/${id}/reconnect`;
  // The note holds for a day, as the core wants it; this one until the endpoint answers, however late the cron comes.
  const watch = `app/${id}/reconnect-watch`;
  const [noted, watched] = await Promise.all([store.get(note), store.get(watch)]);
  if (!noted && !watched) return;
  const target = await anyTarget(connections);
  if (!target) return;
  const error = await reconnect(settings.app, target).then(() => undefined, (thrown: unknown) => thrown);
  const isRemoved = error instanceof HighLevelError && error.code === "endpoint_removed";
  const isUnknown = error instanceof HighLevelError && error.retryable;
  if (isRemoved || isUnknown) {
    const record = { format: 1, summary: { updatedAt: now }, body: "{}" } as const;
    await store.put(watch, { ...record, dropAt: now + 7 * DAY_MS });
    if (isRemoved) await store.put(note, { ...record, dropAt: now + DAY_MS });
    return;
  }
  await store.delete(note);
  await alert(settings, {
    text: "HighLevel's Reconnect endpoint answers again. Connections that need a person are retried now.",
    kind: "endpoint_back",
  });
  await store.delete(watch);
}

async function anyTarget(connections: Connections): Promise<ConnectionTarget | undefined> {
  // One full page, chosen from here: looking for a status, or for few, lists KV many times.
  const { connections: page } = await connections.list({ limit: 1_000 });
  return (page.find(({ status }) => status === "reauthorization_required") ?? page[0])?.target;
}

async function warnOfOldTokens(settings: Settings, connections: Connections, now: number): Promise<void> {
  const old: string[] = [];
  let cursor: string | undefined;
  let pages = 0;
  do {
    const page = await connections.list({ limit: 1_000, ...(cursor !== undefined && { cursor }) });
    for (const { target, status, refreshTokenIssuedAt } of page.connections) {
      const age = refreshTokenIssuedAt ? now - refreshTokenIssuedAt.getTime() : 0;
      // Of the others people hear by other alerts, and their tokens are mostly dead already.
      const isHeld = status === "connected" || status === "paused";
      if (isHeld && age > OLD_TOKEN_MS && age < DEAD_TOKEN_MS) old.push(describeTarget(target));
    }
    cursor = page.cursor;
  } while (cursor !== undefined && ++pages < MAX_PAGES);
  if (old.length === 0) return;
  const more = old.length > NAMED ? ` and ${old.length - NAMED} more` : "";
  await alert(settings, {
    text: `The refresh tokens of ${old.length} connections end within weeks: ${
      old.slice(0, NAMED).join(", ")
    }${more}.`,
    kind: "old_refresh_tokens",
    count: old.length,
  });
}

async function alert({ alertWebhookUrl }: Settings, body: Record<string, unknown>): Promise<void> {
  if (alertWebhookUrl === undefined) return;
  // The next round tells again; the rest of this one must not wait for a chat service.
  await postAlert(alertWebhookUrl, body).catch(() => {});
}
