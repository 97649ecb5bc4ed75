import type { ScheduledItem } from "../durable/schedule.ts";
import { logError } from "../log.ts";
import type { ReconnectApp } from "../reconnect_app.ts";
import type { AlertOutbox } from "./alert_outbox.ts";
import { messageBody } from "./alert_text.ts";
import { listUrl } from "./list_url.ts";
import { chatPauseMs, postAlert } from "./post_alert.ts";

/** The part of the schedule that is about telling. */
interface Telling {
  get(name: "tell"): Pick<ScheduledItem<string>, "mark"> | undefined;
  set(name: "tell", at: number, attempt?: number): Promise<void>;
}

/** Tells the chat what is due to be told, and puts the rest on `schedule`; a chat that is away is told again later. */
export async function tellPeople(
  { settings }: Pick<ReconnectApp, "settings">,
  { alerts, schedule }: { readonly alerts: AlertOutbox; readonly schedule: Telling },
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
