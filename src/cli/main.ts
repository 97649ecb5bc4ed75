/**
 * The command line: brings lost HighLevel connections back, and looks after those that live.
 *
 * ```sh
 * npm install -g @reconnect/highlevel   # Node 22.13 or later; or: deno install -g -A -n highlevel-reconnect src/cli/main.ts
 * export HIGHLEVEL_CLIENT_ID=… HIGHLEVEL_CLIENT_SECRET=…
 * highlevel-reconnect recover --file ids.csv
 * ```
 *
 * @module
 */
import process from "node:process";
import { HighLevelError } from "../oauth/highlevel_error.ts";
import { CommanderError } from "./commander.ts";
import { createProgram } from "./program.ts";
import { relaunchWithKv } from "./backend/relaunch_with_kv.ts";
import { codeOf } from "./files/write_whole.ts";
import { FILE_WIDTH } from "./help_text.ts";
import { reasonOf } from "./settings.ts";
import { processOutput } from "./terminal/output.ts";
import { errorText, printable } from "./terminal/texts.ts";
import { UsageError } from "./usage_error.ts";
import { parserText } from "./words/parser_text.ts";
import { type Words, wordsFor } from "./words/words.ts";

/**
 * Runs one command and returns the exit code: 0 done, 1 some connections not recovered or an error, 2 bad usage.
 *
 * @example
 * ```ts
 * import { main } from "@reconnect/highlevel/cli";
 *
 * const exitCode = await main(["recover", "--help"]);
 * if (exitCode !== 0) throw new Error("help is always there");
 * ```
 */
export async function main(args: readonly string[]): Promise<number> {
  const words = wordsFor(args, process.env);
  let exitCode = 0;
  const host = {
    words,
    helpWidth: process.stdout.isTTY && process.stdout.columns || FILE_WIDTH,
    output: ({ json = false }: { readonly json?: boolean }) => processOutput({ json, words }),
    finish: (code: number) => exitCode = code,
  };
  try {
    await createProgram(host).parseAsync([...args], { from: "user" });
    return exitCode;
  } catch (error) {
    return failed(error, words);
  }
}

/** Says what went wrong, in one line and without a stack. */
function failed(error: unknown, words: Words): number {
  if (codeOf(error) === "EPIPE") return 1; // the reader has gone: nobody to tell
  const { note } = processOutput({ json: false, words });
  const say = (text: string): void => note(`${words.error}: ${printable(text)}`);
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return 0;
    if (error.code === "commander.help") return 2; // has shown what there is
    say(parserText(error, words));
    note(words.usage.hint);
    return 2;
  }
  if (error instanceof UsageError) {
    say(error.say(words));
    return 2;
  }
  if (error instanceof TypeError) {
    say(words.usage.setting(reasonOf(error)));
    return 2;
  }
  if (error instanceof HighLevelError) {
    const { code, traceId } = error;
    say(
      `${errorText(error, words)} (${
        [code, traceId && words.run.trace(traceId)].filter(Boolean).join(", ")
      })`,
    );
    return 1;
  }
  say(reasonOf(error));
  return 1;
}

if (import.meta.main) {
  const needsKv = typeof Deno !== "undefined" && typeof Deno.openKv !== "function" &&
    process.argv.some((arg: string) => arg.includes("deno-kv"));
  const exitCode = needsKv ? await relaunchWithKv(import.meta.url) : await main(process.argv.slice(2));
  process.exit(exitCode);
}
