import { createClient, type UndeliveredEvent, type WorkerClient } from "../../client/mod.ts";
import { type Command, Option } from "../commander.ts";
import type { Host } from "../command_host.ts";
import { parsersIn, withWorkerFlags } from "../common_flags.ts";
import { addCommand } from "../help_text.ts";
import { columnsFor } from "../terminal/columns.ts";
import type { Output } from "../terminal/output.ts";
import type { Words } from "../words/words.ts";
import { type CommonFlags, readSettings, required } from "../settings.ts";
import { UsageError } from "../usage_error.ts";
import { moment, printable } from "../terminal/texts.ts";

interface WorkerFlags extends Pick<CommonFlags, "json" | "envFile"> {
  readonly worker: string;
}

interface ListFlags extends WorkerFlags {
  readonly state: "dead" | "waiting";
}

interface ReplayFlags extends WorkerFlags {
  readonly id?: readonly string[];
  readonly since?: string;
  readonly all?: boolean;
}

/** Adds `events`, which shows what a worker's addresses for events do not have, and sends it again. */
export function addEvents(program: Command, { words, output, finish }: Host): void {
  const { events: help } = words.help;
  const { ids, moment: time } = parsersIn(words);
  const events = addCommand(program, "events", help).helpCommand(false);
  const state = new Option("--state <state>", help.list.state).choices(["dead", "waiting"]).default("dead");
  withWorkerFlags(addCommand(events, "list", help.list).addOption(state), words)
    .action(async (flags: ListFlags) => finish(await list(flags, output(flags))));
  withWorkerFlags(
    addCommand(events, "replay", help.replay)
      .option("--id <id>", help.replay.id, ids)
      .option("--since <time>", help.replay.since, time)
      .option("--all", help.replay.all),
    words,
  ).action(async (flags: ReplayFlags) => finish(await replay(flags, output(flags))));
}

/** An event's id and type are so wide, columns. */
const ID_WIDTH = 36;
const TYPE_WIDTH = 34;
const WHY_WIDTH = 24;

async function list(flags: ListFlags, output: Output): Promise<number> {
  const { words, printWidth } = output;
  const { id, happened, type, why } = words.columns;
  const table = columnsFor([
    { title: id, width: ID_WIDTH },
    { title: happened, width: 20 },
    { title: type, width: TYPE_WIDTH },
    { title: why, width: WHY_WIDTH },
  ], printWidth);
  let total = 0;
  for await (const event of clientOf(flags).events.list({ state: flags.state })) {
    if (total++ === 0 && !output.json && table.head !== undefined) output.print(table.head);
    if (output.json) output.emit({ type: "event", event });
    else output.print(table.row(cellsOf(event, words)));
  }
  output.note(flags.state === "dead" ? words.events.dead(total) : words.events.waiting(total));
  return 0;
}

async function replay({ id: ids, since, all, ...flags }: ReplayFlags, output: Output): Promise<number> {
  if ([ids, since, all].filter((given) => given !== undefined).length !== 1) {
    throw new UsageError(({ usage }) => usage.whichEvents);
  }
  const { events: say } = output.words;
  const { replayed, unknown } = await clientOf(flags).events.replay(
    ids ? { ids } : { since: new Date(since ?? 0) },
  );
  output.emit({ type: "replayed", replayed, ...unknown.length > 0 && { unknown } });
  for (const id of unknown) output.note(say.noDeadLetter(printable(id)));
  if (!output.json) output.print(say.replayed(replayed));
  return unknown.length > 0 ? 1 : 0;
}

function clientOf({ worker, envFile }: WorkerFlags): WorkerClient {
  return createClient({ url: worker, key: required(readSettings(envFile), "HIGHLEVEL_WORKER_KEY") });
}

function cellsOf({ id, at, type, deliveries }: UndeliveredEvent, { events, health }: Words): string[] {
  const why = deliveries.map(({ endpoint, problem, tries }) =>
    `${endpoint}: ${problem === undefined ? events.untried : problemText(problem, health)} (${
      events.tries(tries)
    })`
  );
  return [id, moment(at), type, why.join(", ")].map(printable);
}

/** Why an event was not delivered, in words; the code itself where there are none for it. */
function problemText(problem: string, { problems }: Words["health"]): string {
  const [, kind = problem, status = ""] = /^(http|redirect)_(\d+)$/.exec(problem) ?? [];
  return problems[kind]?.(status) ?? problem;
}
