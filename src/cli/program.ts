import process from "node:process";
import { VERSION } from "../version.ts";
import { Command, Option } from "./commander.ts";
import type { Host } from "./command_host.ts";
import { addDoctor } from "./commands/doctor.ts";
import { addEvents } from "./commands/events.ts";
import { addExport } from "./commands/export.ts";
import { addForget } from "./commands/forget.ts";
import { addImport } from "./commands/import.ts";
import { addLinks } from "./commands/links.ts";
import { addList } from "./commands/list.ts";
import { addMaintain } from "./commands/maintain.ts";
import { addReconcile } from "./commands/reconcile.ts";
import { addRecover } from "./commands/recover.ts";
import { addReseal } from "./commands/reseal.ts";
import { addRestore } from "./commands/restore.ts";
import { addSandbox } from "./commands/sandbox.ts";
import { addShow } from "./commands/show.ts";
import { addToken } from "./commands/token.ts";
import { textWidth } from "./terminal/text_width.ts";
import { wrapped } from "./terminal/wrapped.ts";
import { LANGUAGES, type Words } from "./words/words.ts";

/** In the order of the help. */
const COMMANDS: readonly ((program: Command, host: Host) => void)[] = [
  addRecover,
  addShow,
  addList,
  addLinks,
  addToken,
  addMaintain,
  addDoctor,
  addImport,
  addReconcile,
  addForget,
  addEvents,
  addExport,
  addRestore,
  addReseal,
  addSandbox,
];

/** Columns of help in a file. */
const FILE_WIDTH = 80;

/** The whole command line. A command tells its exit code by `host`; bad usage throws. */
export function createProgram(host: Host): Command {
  const { help } = host.words;
  const program = inWords(new Command("highlevel-reconnect"), host.words)
    .description(help.description)
    .version(VERSION, "--version", help.version)
    .helpCommand("help [command]", help.helpCommand);
  withAfterText(program, help.after);
  for (const add of COMMANDS) add(program, host);
  for (const command of everyCommand(program)) {
    command.helpOption("-h, --help", help.help)
      .addOption(new Option("--lang <language>", help.lang).choices(LANGUAGES));
  }
  return program;
}

/** Adds a command with its summary and what its help says after the options. */
export function addCommand(
  parent: Command,
  name: string,
  { summary, after }: { readonly summary: string; readonly after: string },
): Command {
  return withAfterText(parent.command(name).description(summary), after);
}

function withAfterText(command: Command, text: string): Command {
  return command.addHelpText("after", ({ error }) => {
    const { isTTY, columns } = error ? process.stderr : process.stdout;
    return `\n${wrapped(text.trim(), isTTY && columns ? columns : FILE_WIDTH)}`;
  });
}

function everyCommand(command: Command): Command[] {
  return [command, ...command.commands.flatMap(everyCommand)];
}

/** Help in `words`, by the width of their letters; errors are left to whoever called. */
function inWords(program: Command, { help }: Words): Command {
  return program
    .exitOverride()
    .configureOutput({ outputError: () => {} })
    .configureHelp({
      displayWidth: textWidth,
      styleTitle: (title) => help.titles[title] ?? title,
      optionDescription: ({ description, argChoices, defaultValue, defaultValueDescription }) => {
        const more = [
          argChoices && help.choices(argChoices.join(", ")),
          defaultValue !== undefined && typeof defaultValue !== "boolean" &&
          help.default(defaultValueDescription ?? `${defaultValue}`),
        ].filter(Boolean);
        return more.length > 0 ? `${description} (${more.join("; ")})` : description;
      },
    });
}
