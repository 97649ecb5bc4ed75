import type { OwnEventType } from "../../src/worker/events/own_event.ts";

/** What each event of our own means. */
export const OWN_EVENTS: Readonly<Record<OwnEventType, string>> = {
  "connection.installed": "There are tokens of a connection that was not held before.",
  "connection.uninstalled": "The connection is gone: uninstalled at HighLevel, or forgotten by hand.",
  "connection.lost": "It does not work any more; getting it back goes on by itself.",
  "connection.recovered": "It works again after it was lost, or after its tokens were found dead.",
  "connection.reauthorization_required": "No way back is left: a person must authorize the app again.",
  "connection.link": "A campaign asks a person to bring the connection back: the link for a mailer of yours.",
  "connection.paused":
    "HighLevel says that the location is not active, or somebody suspended the connection here.",
  "connection.resumed": "The location is active again, or the connection not suspended any more.",
  "endpoint.removed": "HighLevel answers that its Reconnect endpoint is gone.",
  "endpoint.back": "HighLevel's Reconnect endpoint answers again.",
  "job.ended": "A bulk recovery is done, or was cancelled.",
};
