import type { Command } from "./commander.ts";
import { padded, textWidth } from "./terminal/text_width.ts";
import { wrapped } from "./terminal/wrapped.ts";

/** Columns of help where nobody says. */
export const FILE_WIDTH = 80;

/** Adds a command with its summary and what its help says after the options. */
export function addCommand(
  parent: Command,
  name: string,
  { summary, after }: { readonly summary: string; readonly after: string },
): Command {
  return withAfterText(parent.command(name).description(summary), after);
}

/** The widest first column of a list in a help text. */
const MOST_ALIGNED = 30;

/** Lists of two columns, `  name  what it is`, with their second columns one under another. */
function aligned(text: string): string {
  return text.replace(/(^ {2}[^\s$].*? {2}\S.*(\n|$))+/gm, (list) => {
    const rows = list.split("\n").map((line) => /^ {2}(.*?) {2}(.*)$/.exec(line) ?? []);
    const widths = rows.map(([, name = ""]) => textWidth(name)).filter((width) => width <= MOST_ALIGNED);
    const widest = Math.max(0, ...widths);
    return rows.map(([, name, what]) => name === undefined ? "" : `  ${padded(name, widest)}  ${what}`).join(
      "\n",
    );
  });
}

/** Adds what the help of `command` says after its options. */
export function withAfterText(command: Command, text: string): Command {
  return command.addHelpText("after", ({ command }) => {
    const { helpWidth = FILE_WIDTH } = command.createHelp();
    return `\n${wrapped(aligned(text.replace(/^\n+|\s+$/g, "")), helpWidth)}`;
  });
}
