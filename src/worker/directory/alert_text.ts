import { defined, describeTarget } from "../../oauth/host.ts";
import type { ConnectionTarget } from "../../oauth/mod.ts";
import { counted } from "../counted.ts";
import type { AlertKind } from "./directory_api.ts";
import type { ChatMessage, Notice, PendingAlert } from "./digest.ts";

/** Causes named in one digest. */
const NAMED_CAUSES = 5;

/** The body of one POST to the chat: JSON with a `text` that chat services show. `listUrl` is the dashboard's. */
export function messageBody(message: ChatMessage, listUrl: string | undefined): Notice {
  switch (message.kind) {
    case "notice":
      return message.notice;
    case "single":
      return alertBody(message.alert);
    case "digest":
      return digestBody(message, listUrl);
  }
}

function alertBody(
  { kind, target, at, code, traceId, authorizationUrl }: PendingAlert,
): Record<string, unknown> {
  const connection: ConnectionTarget = target.kind === "company"
    ? { companyId: target.id }
    : { locationId: target.id };
  const who = describeTarget(connection);
  const trace = traceId ? ` Trace id for HighLevel's support: ${traceId}.` : "";
  const text = {
    reauthorization_required: `${who} needs reauthorization` +
      `${authorizationUrl ? `: ${authorizationUrl}` : "."}${trace}`,
    broken: `${who} has been broken for an hour (${code ?? "unknown"}).${trace} It is retried by itself.`,
    back: `${who} is connected again.`,
    not_stored: `${who}: its object's storage takes no writes (${code ?? "unknown"}). ` +
      "Its token is used until it expires. Look at the limits of your Cloudflare plan.",
  }[kind];
  return defined({
    text,
    kind,
    target: connection,
    at: new Date(at).toISOString(),
    code,
    traceId,
    authorizationUrl,
  });
}

function digestBody(
  { alerts, since, told }: Extract<ChatMessage, { kind: "digest" }>,
  listUrl: string | undefined,
): Record<string, unknown> {
  const counts: Record<AlertKind, number> = {
    reauthorization_required: 0,
    broken: 0,
    back: 0,
    not_stored: 0,
  };
  const byCause = new Map<string, number>();
  for (const { kind, code } of alerts) {
    counts[kind]++;
    if (kind !== "back") byCause.set(code ?? "unknown", (byCause.get(code ?? "unknown") ?? 0) + 1);
  }
  const causes = [...byCause].map(([cause, count]) => ({ cause, count }))
    .sort((one, other) => other.count - one.count);
  const { reauthorization_required: needing, broken, back, not_stored: notStored } = counts;
  const parts = [
    ...(needing > 0 ? [`${needing} ${needing === 1 ? "needs" : "need"} reauthorization`] : []),
    ...(broken > 0 ? [`${broken} ${broken === 1 ? "has" : "have"} been broken for an hour`] : []),
    ...(notStored > 0
      ? [`the storage of ${notStored} takes no writes, and their tokens are not replaced meanwhile`]
      : []),
    ...(back > 0 ? [`${back} ${back === 1 ? "is" : "are"} connected again`] : []),
  ];
  const causeText = causes.slice(0, NAMED_CAUSES).map(({ cause, count }) => `${cause} ${count}`).join(", ");
  const all = told > alerts.length
    ? ` ${told} since ${new Date(since).toISOString().slice(11, 16)} UTC.`
    : "";
  const url = listUrl && listUrl + filterOf(counts);
  const text = `${counted(alerts.length, "connection")}: ${parts.join("; ")}.${
    causeText && ` Causes: ${causeText}.`
  }${all}${url ? ` ${url}` : ""}`;
  return defined({
    text,
    kind: "digest",
    count: alerts.length,
    told,
    since: new Date(since).toISOString(),
    counts,
    causes,
    url,
  });
}

/** The query of the list that shows what a digest is about. */
function filterOf(
  { reauthorization_required: needing, broken, not_stored: notStored }: Readonly<Record<AlertKind, number>>,
): string {
  if (notStored > 0) return "";
  if (needing > 0 && broken === 0) return "?status=reauthorization_required";
  return broken > 0 && needing === 0 ? "?status=broken" : "";
}

/** The warning of refresh tokens that end soon: how many, and the first of them. */
export function endingBody(count: number, first: readonly ConnectionTarget[]): Record<string, unknown> {
  return {
    text: `The refresh ${count === 1 ? "token" : "tokens"} of ${
      counted(count, "connection")
    } will end within weeks: ${named(count, first)}.`,
    kind: "old_refresh_tokens",
    count,
  };
}

/** The warning of connections that were due and not done: how many are new, and the first of them. */
export function overdueBody(count: number, first: readonly ConnectionTarget[]): Record<string, unknown> {
  const [who, have] = count === 1
    ? ["connection was", "its token has"]
    : ["connections were", "their tokens have"];
  return {
    text:
      `${count} ${who} due and not done: ${have} ended, and nothing is known that kept anybody from refreshing: ${
        named(count, first)
      }. They are woken now; where that helps, an alarm was lost.`,
    kind: "overdue",
    count,
  };
}

/** The warning of connections that HighLevel does not list as installed: how many, and the first of them. */
export function unlistedBody(count: number, first: readonly ConnectionTarget[]): Record<string, unknown> {
  return {
    text: `HighLevel does not list the app as installed at ${counted(count, "connection")} held here: ${
      named(count, first)
    }. What is held is kept; forget what is not wanted any more.`,
    kind: "not_listed",
    count,
  };
}

function named(count: number, first: readonly ConnectionTarget[]): string {
  const more = count > first.length ? ` and ${count - first.length} more` : "";
  return first.map(describeTarget).join(", ") + more;
}
