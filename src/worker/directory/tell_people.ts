import type { ScheduledItem } from "../durable/schedule.ts";
import { logError } from "../log.ts";
import type { ReconnectApp } from "../reconnect_app.ts";
import type { Settings } from "../settings.ts";
import type { AlertOutbox } from "./alert_outbox.ts";
import type { Notice } from "./digest.ts";
import { messageBody } from "./alert_text.ts";
import { chatPauseMs, postAlert } from "./post_alert.ts";

/** The part of the schedule that is about telling. */
interface Telling {
  get(name: "tell"): Pick<ScheduledItem<string>, "mark"> | undefined;
  set(name: "tell", at: number, attempt?: number): Promise<void>;
}

/** What is told to people, and when. */
export interface Chat {
  readonly alerts: AlertOutbox;
  readonly schedule: Telling;
}

/** Has the chat told of `notice` as soon as it takes it, if there is a chat. */
export async function tellSoon(
  { settings }: Pick<ReconnectApp, "settings">,
  { alerts, schedule }: Chat,
  notice: Notice,
): Promise<void> {
  if (settings.alertWebhookUrl === undefined) return;
  alerts.addNotice(notice);
  await schedule.set("tell", Date.now());
}

/** Tells the chat what is due to be told, and puts the rest on `schedule`; a chat that is away is told again later. */
export async function tellPeople(
  { settings }: Pick<ReconnectApp, "settings">,
  { alerts, schedule }: Chat,
  { name, attempt, mark }: Pick<ScheduledItem<string>, "name" | "attempt" | "mark">,
  now: number,
): Promise<void> {
  const { alertWebhookUrl: url } = settings;
  if (url === undefined) return alerts.clear();
  try {
    const nextAt = await alerts.send(now, async (message) => {
      await postAlert(url, messageBody(message, listUrl(settings)));
    });
    if (nextAt !== undefined) await schedule.set("tell", nextAt);
  } catch (error) {
    logError(error, { schedule: name, attempt, outcome: "retried" });
    // Unless there is something new to tell by now, which is tried at once.
    const isLast = schedule.get("tell")?.mark === mark;
    if (isLast) await schedule.set("tell", now + chatPauseMs(attempt), attempt + 1);
  }
}

const CALLBACK = /\/oauth\/callback$/;

/** The address of the dashboard's list, where the redirect URI tells this worker's own. */
function listUrl({ app: { redirectUri } }: Pick<Settings, "app">): string | undefined {
  if (redirectUri === undefined || !CALLBACK.test(redirectUri)) return undefined;
  return new URL(redirectUri.replace(CALLBACK, "")).href;
}
