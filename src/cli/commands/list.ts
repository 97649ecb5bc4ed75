import type { ConnectionStatus } from "../../stores/status.ts";
import type { ListedConnection } from "../backend/backend.ts";
import { type Command, Option } from "../commander.ts";
import { withCommonFlags } from "../common_flags.ts";
import { openBackend } from "../backend/open_backend.ts";
import { processOutput } from "../terminal/output.ts";
import type { CommonFlags } from "../settings.ts";
import { STATUSES } from "../../stores/status.ts";
import { counted, grouped, kindOf, printable } from "../terminal/words.ts";

interface ListFlags extends CommonFlags {
  readonly status?: ConnectionStatus;
}

/** Adds `list`, which shows the status of connections. */
export function addList(program: Command, finish: (exitCode: number) => void): void {
  withCommonFlags(
    program.command("list")
      .description(
        "Show connections with their status and when their access token ends; of a worker, since when they have it.",
      )
      .addOption(new Option("--status <status>", "only these").choices(STATUSES)),
  ).addHelpText("after", HELP).action(async (flags: ListFlags) => finish(await list(flags)));
}

const HELP = `
Examples:
  $ highlevel-reconnect list
  $ highlevel-reconnect list --status reauthorization_required --json`;

async function list(flags: ListFlags): Promise<number> {
  const output = processOutput({ json: flags.json === true });
  const backend = await openBackend(flags, output);
  const counts = new Map<ConnectionStatus, number>();
  let total = 0;
  try {
    for await (const connection of backend.list(flags.status ? { status: flags.status } : {})) {
      if (total++ === 0 && !output.json) {
        output.print(row("KIND", "ID", "STATUS", connection.since ? "SINCE" : "TOKEN ENDS", "NAME"));
      }
      counts.set(connection.status, (counts.get(connection.status) ?? 0) + 1);
      const expiresAt = isUnknown(connection) ? undefined : connection.expiresAt;
      if (output.json) output.emit({ type: "connection", ...connection, expiresAt });
      else output.print(rowOf(connection));
    }
  } finally {
    backend.close();
  }
  const parts = [...counts].map(([status, count]) => `${grouped(count)} ${status}`);
  output.note(
    `${counted(total, "connection")}${total > 0 ? `: ${parts.join(", ")}` : ` in ${backend.name}`}.`,
  );
  return 0;
}

function rowOf(connection: ListedConnection): string {
  const { target, status, since, expiresAt, name = "" } = connection;
  const [kind, id] = kindOf(target);
  const time = since ?? expiresAt;
  const known = time ? `${time.toISOString().slice(0, 16)}Z` : "-";
  return row(kind, id, status, isUnknown(connection) ? "unknown" : known, printable(name));
}

/** An imported token whose end nothing told is kept as one that ended in 1970. */
function isUnknown({ expiresAt }: ListedConnection): boolean {
  return expiresAt?.getTime() === 0;
}

function row(kind: string, id: string, status: string, ends: string, name: string): string {
  return `${kind.padEnd(8)}  ${id.padEnd(20)}  ${status.padEnd(24)}  ${ends.padEnd(17)}  ${name}`.trimEnd();
}
