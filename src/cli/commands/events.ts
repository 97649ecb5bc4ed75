import { createClient, type UndeliveredEvent, type WorkerClient } from "../../client/mod.ts";
import { type Command, InvalidArgumentError, Option } from "../commander.ts";
import { idList, withWorkerFlags } from "../common_flags.ts";
import { processOutput } from "../terminal/output.ts";
import { type CommonFlags, readSettings, required } from "../settings.ts";
import { UsageError } from "../usage_error.ts";
import { counted, printable } from "../terminal/words.ts";

interface WorkerFlags extends Pick<CommonFlags, "json" | "envFile"> {
  readonly worker: string;
}

interface ReplayFlags extends WorkerFlags {
  readonly id?: readonly string[];
  readonly since?: string;
  readonly all?: boolean;
}

/** Adds `events`, which shows what a worker's addresses for events do not have, and sends it again. */
export function addEvents(program: Command, finish: (exitCode: number) => void): void {
  const events = program.command("events")
    .description("Show events that an address of a worker's EVENT_URLS does not have, and send them again.")
    .helpCommand(false);
  withWorkerFlags(
    events.command("list")
      .description("Show dead letters, newest first, or what is still tried.")
      .addOption(new Option("--state <state>", "which").choices(["dead", "waiting"]).default("dead")),
  ).addHelpText("after", LIST_HELP)
    .action(async (flags: WorkerFlags & { readonly state: "dead" | "waiting" }) => finish(await list(flags)));
  withWorkerFlags(
    events.command("replay")
      .description("Send dead letters again.")
      .option("--id <id>", "this one; repeatable", idList)
      .option("--since <time>", "all that happened since then, ISO 8601", momentText)
      .option("--all", "all of them"),
  ).addHelpText("after", REPLAY_HELP).action(async (flags: ReplayFlags) => finish(await replay(flags)));
}

const LIST_HELP = `
Example:
  $ highlevel-reconnect events list --worker https://reconnect.example.com`;
const REPLAY_HELP = `
Exit code: 0 all are on their way again, 1 an id is no dead letter, 2 bad usage.

Examples:
  $ highlevel-reconnect events replay --all --worker https://reconnect.example.com
  $ highlevel-reconnect events replay --since 2026-11-27T09:00Z --worker https://reconnect.example.com`;

async function list(
  { state, ...flags }: WorkerFlags & { readonly state: "dead" | "waiting" },
): Promise<number> {
  const output = processOutput({ json: flags.json === true });
  let total = 0;
  for await (const event of clientOf(flags).events.list({ state })) {
    if (total++ === 0 && !output.json) output.print(row("ID", "HAPPENED", "TYPE", "WHY"));
    if (output.json) output.emit({ type: "event", event });
    else output.print(rowOf(event));
  }
  output.note(
    `${counted(total, state === "dead" ? "dead letter" : "event")}${state === "dead" ? "" : " on the way"}.`,
  );
  return 0;
}

async function replay({ id: ids, since, all, ...flags }: ReplayFlags): Promise<number> {
  if ([ids, since, all].filter((given) => given !== undefined).length !== 1) {
    throw new UsageError("Say which: --id (repeatable), --since or --all.");
  }
  const output = processOutput({ json: flags.json === true });
  const { replayed, unknown } = await clientOf(flags).events.replay(
    ids ? { ids } : { since: new Date(since ?? 0) },
  );
  output.emit({ type: "replayed", replayed, ...unknown.length > 0 && { unknown } });
  for (const id of unknown) output.note(`${printable(id)} is no dead letter.`);
  if (!output.json) output.print(`${counted(replayed, "event")} on the way again.`);
  return unknown.length > 0 ? 1 : 0;
}

function clientOf({ worker, envFile }: WorkerFlags): WorkerClient {
  return createClient({ url: worker, key: required(readSettings(envFile), "HIGHLEVEL_WORKER_KEY") });
}

function rowOf({ id, at, type, deliveries }: UndeliveredEvent): string {
  const why = deliveries.map(({ endpoint, problem = "not tried yet", tries }) =>
    `${endpoint}: ${problem} (${tries}×)`
  );
  return row(id, `${at.toISOString().slice(0, 16)}Z`, type, why.join(", "));
}

function row(id: string, at: string, type: string, why: string): string {
  return [printable(id).padEnd(36), at.padEnd(17), printable(type).padEnd(36), printable(why)].join("  ")
    .trimEnd();
}

function momentText(text: string): string {
  if (isNaN(Date.parse(text))) throw new InvalidArgumentError("It must be a moment in ISO 8601.");
  return text;
}
