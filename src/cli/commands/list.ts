import { type ConnectionStatus, STATUSES } from "../../stores/status.ts";
import type { ListedConnection } from "../backend/backend.ts";
import { openBackend } from "../backend/open_backend.ts";
import { type Command, Option } from "../commander.ts";
import type { Host } from "../command_host.ts";
import { withCommonFlags } from "../common_flags.ts";
import { addCommand } from "../help_text.ts";
import type { CommonFlags } from "../settings.ts";
import { type Columns, columnsFor } from "../terminal/columns.ts";
import type { Output } from "../terminal/output.ts";
import { textWidth } from "../terminal/text_width.ts";
import { kindOf, moment, printable } from "../terminal/texts.ts";
import type { Words } from "../words/words.ts";

interface ListFlags extends CommonFlags {
  readonly status?: ConnectionStatus;
}

/** Adds `list`, which shows the status of connections. */
export function addList(program: Command, { words, output, finish }: Host): void {
  const { list: help } = words.help;
  withCommonFlags(
    addCommand(program, "list", help)
      .addOption(new Option("--status <status>", help.status).choices(STATUSES)),
    words,
  ).action(async (flags: ListFlags) => finish(await list(flags, output(flags))));
}

async function list(flags: ListFlags, output: Output): Promise<number> {
  const { words } = output;
  const backend = await openBackend(flags, output);
  const counts = new Map<ConnectionStatus, number>();
  let total = 0;
  let table: Columns | undefined;
  try {
    for await (const connection of backend.list(flags.status ? { status: flags.status } : {})) {
      total++;
      counts.set(connection.status, (counts.get(connection.status) ?? 0) + 1);
      if (output.json) {
        const expiresAt = isUnknown(connection) ? undefined : connection.expiresAt;
        output.emit({ type: "connection", ...connection, expiresAt });
        continue;
      }
      if (!table) {
        table = tableFor(connection, output);
        if (table.head !== undefined) output.print(table.head);
      }
      output.print(table.row(cellsOf(connection, words)));
    }
  } finally {
    backend.close();
  }
  const parts = [...counts].map(([status, count]) => words.list.part(count, words.states[status]));
  output.note(total > 0 ? words.list.summary(total, parts) : words.list.none(backend.name));
  return 0;
}

/** Columns as wide as ids, states and times are. */
function tableFor({ since }: ListedConnection, { words, printWidth }: Output): Columns {
  const { kind, id, status, since: sinceTitle, tokenEnds, name } = words.columns;
  const widest = (texts: readonly string[]): number => Math.max(...texts.map(textWidth));
  return columnsFor([
    { title: kind, width: widest([kind, ...Object.values(words.kinds)]) },
    { title: id, width: 20 },
    { title: status, width: widest([status, ...STATUSES.map((one) => words.states[one])]) },
    { title: since ? sinceTitle : tokenEnds, width: 20 },
    { title: name, width: 12 },
  ], printWidth);
}

function cellsOf(connection: ListedConnection, words: Words): string[] {
  const { target, status, since, expiresAt, name = "" } = connection;
  const [kind, id] = kindOf(target);
  const time = since ?? expiresAt;
  const known = time ? moment(time) : "-";
  return [
    words.kinds[kind],
    id,
    words.states[status],
    isUnknown(connection) ? words.unknown : known,
    printable(name),
  ];
}

/** An imported token whose end nothing told is kept as one that ended in 1970. */
function isUnknown({ expiresAt }: ListedConnection): boolean {
  return expiresAt?.getTime() === 0;
}
