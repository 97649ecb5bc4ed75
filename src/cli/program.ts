import { VERSION } from "../worker/version.ts";
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
import { withAfterText } from "./help_text.ts";
import { textWidth } from "./terminal/text_width.ts";
import { UsageError } from "./usage_error.ts";
import { LANGUAGES } from "./words/words.ts";

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

/** The whole command line. A command tells its exit code by `host`; bad usage throws. */
export function createProgram(host: Host): Command {
  const { help } = host.words;
  const program = inWords(new Command("highlevel-reconnect"), host)
    .description(help.description)
    .version(VERSION, "--version", help.version)
    .helpCommand(false);
  withAfterText(program, help.after);
  for (const add of COMMANDS) add(program, host);
  program.helpCommand("help [command]", help.helpCommand); // not of every command
  for (const command of everyCommand(program)) {
    command.helpOption("-h, --help", help.help)
      .addOption(new Option("--lang <language>", help.lang).choices(LANGUAGES));
    checkValues(command);
  }
  return program;
}

/** An empty value is a variable that is not set; and of two one would be lost, unless the option collects them in a list. */
function checkValues(command: Command): void {
  for (const option of command.options) {
    if (!option.required) continue;
    let isGiven = false;
    command.on(`option:${option.name()}`, (value) => {
      if (value === "") throw new UsageError(({ usage }) => usage.empty(option.flags));
      const isList = Array.isArray(command.getOptionValue(option.attributeName()));
      if (isGiven && !isList) throw new UsageError(({ usage }) => usage.twice(option.flags));
      isGiven = true;
    });
  }
}

function everyCommand(command: Command): Command[] {
  return [command, ...command.commands.flatMap(everyCommand)];
}

/** Help in `words`, by the width of their letters; errors are left to whoever called. */
function inWords(program: Command, { words: { help }, helpWidth, showHelp }: Host): Command {
  return program
    .exitOverride()
    .configureOutput({ outputError: () => {}, ...showHelp })
    .configureHelp({
      helpWidth,
      minWidthToWrap: 16,
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
