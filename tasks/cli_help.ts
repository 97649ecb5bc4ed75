/**
 * `deno task cli:help`: writes the help of every command to docs/CLI.md; with `--check` it says whether the file is what the
 * command line shows.
 */
import { fileURLToPath } from "node:url";
import { createProgram } from "../src/cli/program.ts";
import type { Command } from "../src/cli/commander.ts";
import { outputTo } from "../src/cli/terminal/output.ts";
import { WORDS } from "../src/cli/words/words.ts";

const FILE = `${fileURLToPath(new URL("../", import.meta.url))}docs/CLI.md`;
const HEAD = `# The command line

\`npx @reconnect/highlevel …\`, \`highlevel-reconnect …\` once installed, or \`deno task cli …\` here. What people read is in English or
Korean (\`--lang\`, else \`LC_ALL\` or \`LANG\`); \`--json\` and exit codes are the same in every language. On a terminal no word is broken, and in
a file every row is one line.

Written from \`help\` by \`deno task cli:help\`; not to be edited.
`;

let text = HEAD;
const words = WORDS.en;
const show = (help: string): void => {
  text += help;
};
const program = createProgram({
  words,
  helpWidth: 100,
  showHelp: { writeOut: show, writeErr: show },
  output: ({ json = false }) =>
    outputTo({ stdout: undefined, stderr: undefined, isTerminal: false, color: false, write: () => {} }, {
      json,
      words,
    }),
  finish: () => {},
});
for (const [name, command] of namedCommands(program, [])) {
  text += `\n## ${name}\n\n\`\`\`\n`;
  command.outputHelp();
  text = `${text.trimEnd()}\n\`\`\`\n`;
}

if (Deno.args.includes("--check")) {
  if (await Deno.readTextFile(FILE).catch(() => "") === text) Deno.exit(0);
  console.error("docs/CLI.md is not what the command line shows: deno task cli:help writes it");
  Deno.exit(1);
}
await Deno.writeTextFile(FILE, text);

/** The command and all below it, by their full names. */
function namedCommands(command: Command, path: readonly string[]): [name: string, command: Command][] {
  const own = [...path, command.name()];
  return [
    [own.slice(1).join(" ") || own.join(" "), command],
    ...command.commands.flatMap((below) => namedCommands(below, own)),
  ];
}
