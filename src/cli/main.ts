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
import { reasonOf } from "./settings.ts";
import { UsageError } from "./usage_error.ts";
import { printable } from "./terminal/words.ts";

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
  let exitCode = 0;
  try {
    await createProgram((code) => exitCode = code).parseAsync([...args], { from: "user" });
    return exitCode;
  } catch (error) {
    return failed(error);
  }
}

/** Says what went wrong, in one line and without a stack. */
function failed(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2; // has spoken already
  if (codeOf(error) === "EPIPE") return 1; // the reader has gone: nobody to tell
  const say = (text: string): void => console.error(`error: ${printable(text)}`);
  if (error instanceof UsageError || error instanceof TypeError) {
    say(reasonOf(error));
    return 2;
  }
  if (error instanceof HighLevelError) {
    const { message, code, traceId } = error;
    say(`${message} (${code}${traceId ? `, trace ${traceId}` : ""})`);
    return 1;
  }
  say(reasonOf(error));
  return 1;
}

if (import.meta.main) {
  const needsKv = typeof Deno.openKv !== "function" && Deno.args.some((arg) => arg.includes("deno-kv"));
  const exitCode = needsKv ? await relaunchWithKv(import.meta.url) : await main(Deno.args);
  process.exit(exitCode);
}
