import type { Route } from "../../src/worker/http/route.ts";
import { answerSchemas } from "./answer_schemas.ts";
import { importedTokens, webhook } from "./body_schemas.ts";
import type { RouteNote } from "./route_note.ts";

/** What pausing, resuming and cancelling a bulk recovery answer. */
const ACTED: RouteNote["answers"] = {
  200: { description: "Where it stands; one that has ended stays as it is", schema: answerSchemas.job },
};

/** By method and path of the route. Routes without a note are pages, which are not in the document. */
export const routeNotes: Readonly<Record<string, RouteNote>> = {
  "get /healthz": {
    summary: "Health check",
    answers: { 200: { description: "Alive", schema: answerSchemas.health } },
  },
  "get /readyz": {
    summary:
      "Check that KV, an object and the queue answer, at most every 10 seconds. Only a request with a key is told which does not",
    answers: { 200: { description: "All answer", schema: answerSchemas.readiness } },
  },
  "get /metrics": {
    summary: "Metrics: connections, refreshes, failures, jobs and overdue work",
    answers: { 200: { description: "OpenMetrics text", contentType: "application/openmetrics-text" } },
  },
  "get /connections": {
    summary:
      "List, count and search connections: words of a name in any order and spelling, an id, an agency's id",
    answers: { 200: { description: "One page", schema: answerSchemas.connectionPage } },
  },
  "get /connections/:kind/:id": {
    summary: "Look at a connection and its history",
    answers: { 200: { description: "The connection", schema: answerSchemas.describedConnection } },
  },
  "get /connections/:kind/:id/token": {
    summary: "Get a valid access token",
    answers: { 200: { description: "RFC 6749's token response", schema: answerSchemas.tokenResponse } },
  },
  "post /connections/:kind/:id/check": {
    summary: "Ask HighLevel by one cheap call whether the stored token is valid; nothing is recovered",
    answers: { 200: { description: "Whether it lives", schema: answerSchemas.checkedToken } },
  },
  "put /connections/:kind/:id": {
    summary: "Import tokens",
    answers: { 204: { description: "The tokens are under management" } },
    body: importedTokens,
  },
  "post /connections/:kind/:id/recover": {
    summary: "Bring a connection back; ?companyId= names a location's agency where it is not known here",
    answers: { 200: { description: "It has valid tokens", schema: answerSchemas.recovery } },
  },
  "delete /connections/:kind/:id": {
    summary:
      "Forget a connection and its tokens; ?erase=true removes all that is kept of it, and tells what remains",
    answers: {
      200: { description: "A receipt, where it was erased", schema: answerSchemas.erasure },
      204: { description: "It is forgotten" },
    },
  },
  "get /export": {
    summary: "Export all connections, sealed, a page at a time; docs/OPERATIONS.md says how to move",
    answers: {
      200: {
        description:
          "One JSON object a line. The last one has `cursor`, which asks for the next page, or `end`",
        contentType: "application/x-ndjson",
      },
    },
    optionalHeaders: ["Export-Key"],
    problems: { 503: "The directory is being built, and does not know all connections yet (`not_ready`)" },
  },
  "post /import": {
    summary: "Take a page of an export: its first line, and up to 400 others. Nothing newer is replaced",
    answers: { 200: { description: "What became of each line", schema: answerSchemas.restored } },
    bodyType: "application/x-ndjson",
    optionalHeaders: ["Export-Key"],
    problems: { 422: "It is no export, another app's, under another key, or not whole: nothing was taken" },
  },
  "post /reseal": {
    summary:
      "Seal a page of connections under the first sealing key, and tell whether older keys are still needed",
    answers: { 200: { description: "How far it is, over all pages so far", schema: answerSchemas.resealed } },
  },
  "post /connections/:kind/:id/link": {
    summary: "Make a link by which a person reconnects this connection, and no other; it expires",
    answers: { 200: { description: "The link", schema: answerSchemas.link } },
    problems: { 503: "No scopes are set, or the redirect URI is not this worker's" },
  },
  "delete /connections/:kind/:id/link": {
    summary: "End all links of a connection that were made so far",
    answers: { 204: { description: "They have ended" } },
  },
  "get /connections/:kind/:id/health": {
    summary:
      "Tell what an app's banner should show: nothing, that the connection comes back by itself, or a link",
    answers: { 200: { description: "What to say", schema: answerSchemas.connectionHealth } },
  },
  "put /connections/:kind/:id/name": {
    summary: "Give a connection a name; null returns to HighLevel's",
    answers: { 200: { description: "The connection", schema: answerSchemas.shownConnection } },
  },
  "post /connections/:kind/:id/suspend": {
    summary:
      "Suspend a connection: until it is resumed, no token is handed out and HighLevel is not asked. Its tokens are kept",
    answers: { 204: { description: "It is suspended" } },
    problems: { 503: "KV did not take it in time: near some readers its token may still be served" },
  },
  "post /connections/:kind/:id/resume": {
    summary: "Resume a suspended connection: what is due is done at once",
    answers: { 204: { description: "It is not suspended" } },
  },
  "get /plan": {
    summary:
      "Who brings back what is lost: a few agencies first, and who is left to click; links for an admin only",
    answers: {
      200: {
        description: "The agencies, and a page of the locations that no agency brings back",
        schema: answerSchemas.plan,
      },
    },
  },
  "get /connections.csv": {
    summary:
      "Connections for a mail merge, in UTF-8 with a mark; with a link each, of those that a click brings back, for an admin",
    answers: { 200: { description: "Streamed lines; moments in UTC", contentType: "text/csv" } },
  },
  "post /campaigns": {
    summary: "Begin a campaign: links for those who are to click, agencies first. Nothing is sent to anybody",
    answers: { 201: { description: "The campaign has begun", schema: answerSchemas.campaign } },
    problems: { 503: "The list of connections is being built anew: some would be missing" },
  },
  "get /campaigns": {
    summary: "List campaigns, newest first",
    answers: { 200: { description: "One page", schema: answerSchemas.campaignPage } },
  },
  "get /campaigns/:id": {
    summary: "Look at a campaign: who opened a link, who is back and by whom, who is missing",
    answers: {
      200: { description: "The campaign, and a page of its people", schema: answerSchemas.campaignPeople },
    },
  },
  "get /campaigns/:id{[\\w-]+\\.csv}": {
    summary: "A campaign's people for a mail merge; with link and finished messages for an admin",
    answers: { 200: { description: "Streamed lines; moments in UTC", contentType: "text/csv" } },
  },
  "post /campaigns/:id/events": {
    summary:
      "Send the app's own mailer an event (connection.link) for everybody who is asked and not back, with link and messages",
    answers: { 202: { description: "They are being sent", schema: answerSchemas.sending } },
    problems: { 409: "Nobody gets such events: `EVENT_URLS` is not set, or `EVENT_TYPES` leaves them out" },
  },
  "delete /campaigns/:id": {
    summary: "Drop a campaign; links that were sent can be used until they end",
    answers: { 204: { description: "It is followed no more" } },
  },
  "post /recoveries": {
    summary: "Recover many connections",
    answers: { 202: { description: "The job was started", schema: answerSchemas.job } },
  },
  "get /recoveries": {
    summary: "List bulk recoveries, newest first",
    answers: { 200: { description: "One page", schema: answerSchemas.jobPage } },
  },
  "post /recoveries/:id/pause": {
    summary: "Pause a bulk recovery: what is at work ends, nothing more is sent",
    answers: ACTED,
  },
  "post /recoveries/:id/resume": {
    summary: "Let a bulk recovery go on; one that waits tries at once",
    answers: ACTED,
  },
  "delete /recoveries/:id": {
    summary: "Cancel a bulk recovery for good: what has not ended stays as it is",
    answers: ACTED,
  },
  "get /recoveries/:id": {
    summary: "Look at a bulk recovery",
    answers: { 200: { description: "Where it stands", schema: answerSchemas.job } },
  },
  "get /recoveries/:id/events": {
    summary: "Follow a bulk recovery by server-sent events; resumes after Last-Event-ID",
    answers: {
      200: {
        description:
          "Events progress, unrecovered and done; ends sooner with the reader's session, and after 10 minutes",
        contentType: "text/event-stream",
      },
    },
  },
  "get /events": {
    summary:
      "List events that an address of EVENT_URLS does not have, newest first: undelivered ones, or those still tried",
    answers: { 200: { description: "One page", schema: answerSchemas.eventPage } },
  },
  "post /events/replay": {
    summary: "Send undelivered events again: by ids, or all that happened since a moment",
    answers: {
      200: { description: "How many events are on their way again", schema: answerSchemas.replayed },
    },
  },
  "all /proxy/:kind/:id/:path{.*}": {
    summary: "Call HighLevel's API with this connection's token; heals on 401",
    answers: { 200: { description: "HighLevel's answer", contentType: "*/*" } },
  },
  "get /oauth/install": {
    summary: "Start an installation; ?location= or ?company= names the connection that shall come back",
    answers: { 302: { description: "To HighLevel's authorization page", contentType: "text/html" } },
  },
  "get /oauth/callback": {
    summary: "End an installation: HighLevel sends people here, from its own marketplace without a state",
    answers: {
      303: { description: "To the page that tells how it ended, which can be loaded again" },
    },
    pages: {
      400: "Start again: no code, or a state that was not begun in this browser within 10 minutes",
      429: "Not connected yet: too many codes of this visitor were refused lately. Nothing was tried",
      503: "The worker is not set up",
    },
  },
  "get /oauth/result/:sealed": {
    summary: "Tell how an installation ended, as often as the page is loaded",
    answers: { 200: { description: "The connection lives", contentType: "text/html" } },
    pages: {
      400: "Not connected: refused at HighLevel",
      404: "The address is not whole",
      409: "Another connection was authorized than the one meant",
      502: "Not connected: HighLevel gave no tokens",
      503: "Not connected: the tokens could not be stored, or the worker is not set up",
    },
  },
  "get /r/:token": {
    summary: "Show a customer the way back; looking changes nothing",
    answers: {
      200: { description: "What it is for, with a button; or that it is back", contentType: "text/html" },
    },
    pages: { 404: "The address is not whole", 410: "The link has expired, or was ended" },
  },
  "post /r/:token": {
    summary: "Lead a customer on to HighLevel; from now on the link counts as opened",
    answers: { 303: { description: "To HighLevel's authorization page" } },
    pages: { 404: "The address is not whole", 410: "The link has expired, or was ended" },
  },
  "post /oauth/code": {
    summary: "Exchange a code that came to your own callback, and keep its tokens",
    answers: { 200: { description: "The connection", schema: answerSchemas.shownConnection } },
    problems: {
      409: "Another connection was authorized than the one expected: `target` names it. Nothing was stored",
      422: "The code is used, expired or unknown (`invalid_grant`), or the input is wrong (`invalid_input`)",
    },
  },
  "post /webhooks/highlevel": {
    summary: "Take HighLevel's webhooks: INSTALL and UNINSTALL are acted on, all are passed on to EVENT_URLS",
    answers: {
      200: { description: "Whether it changed anything or is passed on", schema: answerSchemas.taken },
    },
    problems: {
      401: "Not signed by HighLevel, more than a day old, or no webhook: final",
      429: "Trouble here that may pass, in whatever way: HighLevel delivers again",
    },
    body: webhook,
    headers: ["X-GHL-Signature"],
  },
  "get /openapi.json": {
    summary: "This API as an OpenAPI 3.1 document",
    answers: { 200: { description: "The document", schema: answerSchemas.openApi } },
  },
  "get /docs": {
    summary: "This reference as a web page",
    answers: { 200: { description: "A page", contentType: "text/html" } },
  },
};

/** The note of a route. */
export function noteOf({ method, path }: Pick<Route, "method" | "path">): RouteNote | undefined {
  return routeNotes[`${method} ${path}`];
}
