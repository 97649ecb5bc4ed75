import type { Connection } from "../../connections/connection.ts";
import { REFRESH_TOKEN_MS } from "../../connections/record.ts";
import { HighLevelError } from "../../oauth/highlevel_error.ts";
import type { DescribedConnection, HistoryLine } from "../backend/backend.ts";
import { openBackend } from "../backend/open_backend.ts";
import type { Command } from "../commander.ts";
import type { Host } from "../command_host.ts";
import { withCommonFlags } from "../common_flags.ts";
import { addCommand } from "../help_text.ts";
import { columnsFor } from "../terminal/columns.ts";
import type { Output } from "../terminal/output.ts";
import { paint } from "../terminal/paint.ts";
import { padded, textWidth } from "../terminal/text_width.ts";
import { errorText, moment, nameOf, printable } from "../terminal/texts.ts";
import type { Words } from "../words/words.ts";
import { type TargetFlags, targetIn, withTargetFlags } from "./token.ts";

/** Adds `show`, which tells all of one connection. */
export function addShow(program: Command, { words, output, finish }: Host): void {
  withCommonFlags(withTargetFlags(addCommand(program, "show", words.help.show), { words }), words)
    .action(async (flags: TargetFlags) => finish(await show(flags, output(flags))));
}

async function show(flags: TargetFlags, output: Output): Promise<number> {
  const target = targetIn(flags);
  const { words } = output;
  const backend = await openBackend(flags, output);
  try {
    const described = await backend.describe(target);
    if (!described) {
      output.note(words.health.show.notHeld(nameOf(target, words), backend.name));
      output.emit({ type: "unknown", target });
      return 1;
    }
    const { connection, ...rest } = described;
    output.emit({ type: "connection", ...connection, ...rest });
    if (!output.json) print(described, output);
    return 0;
  } finally {
    backend.close();
  }
}

function print(described: DescribedConnection, output: Output): void {
  const { connection: { target, name, status }, suspended, link, history } = described;
  const { words, color } = output;
  const { show } = words.health;
  const tint = status === "connected" ? "green" : status === "broken" ? "red" : "yellow";
  output.print([nameOf(target, words), name && printable(name)].filter(Boolean).join("  "));
  output.print(
    `${paint(words.states[status], tint, color)}: ${suspended ? show.suspended : show.means[status]}`,
  );
  const facts = factsOf(described, words);
  const widest = Math.max(...facts.map(([label]) => textWidth(label)));
  for (const [label, text] of facts) output.print(`  ${padded(label, widest)}  ${text}`);
  if (link !== undefined) output.print(`\n${show.link}\n${printable(link)}`);
  if (!history) return;
  output.print(`\n${show.history}`);
  const { happened, type: what, reason } = words.columns;
  const lines = history.map((line) => cellsOf(line, words));
  const widths = [
    20,
    ...[1].map((at) => Math.max(textWidth(what), ...lines.map((row) => textWidth(row[at] ?? "")))),
  ];
  const table = columnsFor(
    [happened, what, reason].map((title, at) => ({ title, width: widths[at] ?? 20 })),
    output.printWidth,
  );
  if (table.head !== undefined && lines.length > 0) output.print(paint(table.head, "bold", color));
  for (const line of lines) output.print(table.row(line));
  if (lines.length === 0) output.print(show.noHistory);
}

/** What is known, a label and a text each. */
function factsOf({ connection, nextAt, suspended }: DescribedConnection, words: Words): [string, string][] {
  const { status, trouble, companyId, expiresAt, refreshTokenIssuedAt, scope, versionId, updatedAt } =
    connection;
  const { show } = words.health;
  const facts: [string, string | undefined][] = [
    [
      show.why,
      suspended ? suspendedText(suspended, words) : trouble && whyText(connection, trouble, words),
    ],
    [show.next, nextAt ? show.nextAt(moment(nextAt), status === "connected") : show.nothingNext],
    [show.tokenEnds, expiresAt && (expiresAt.getTime() > 0 ? moment(expiresAt) : words.unknown)],
    [
      show.refreshToken,
      refreshTokenIssuedAt &&
      show.refreshTokenIssued(
        moment(refreshTokenIssuedAt),
        moment(refreshTokenIssuedAt.getTime() + REFRESH_TOKEN_MS),
      ),
    ],
    [show.agency, companyId],
    [show.scopes, scope && scope.length > 0 ? printable(scope.join(" ")) : undefined],
    [show.version, versionId && printable(versionId)],
    [show.changed, moment(updatedAt)],
  ];
  return facts.flatMap(([label, text]) => text === undefined ? [] : [[label, text]]);
}

/** Since when it is suspended, by whom, and why. */
function suspendedText(
  { at, by, reason }: NonNullable<DescribedConnection["suspended"]>,
  { health: { show } }: Words,
): string {
  return [show.suspendedSince(moment(at)), by && show.actor(printable(by)), reason && printable(reason)]
    .filter(Boolean).join("  ");
}

function whyText(
  { target }: Connection,
  { code, message, traceId }: NonNullable<Connection["trouble"]>,
  words: Words,
): string {
  const text = errorText(new HighLevelError(code, message), words, target);
  return [text, traceId && words.run.trace(printable(traceId))].filter(Boolean).join("  ");
}

function cellsOf({ at, type, by, code, message, traceId, actor }: HistoryLine, words: Words): string[] {
  const { show } = words.health;
  const way = by === "store" || by === "refresh" || by === "reconnect" || by === "agency"
    ? words.ways[by]
    : undefined;
  const why = [
    way,
    message ? printable(message).replace(/^(Location|Company) \S+: /, "") : code && printable(code),
    actor && show.actor(printable(actor)),
    traceId && words.run.trace(printable(traceId)),
  ];
  return [moment(at), show.events[type] ?? printable(type), why.filter(Boolean).join("  ")];
}
