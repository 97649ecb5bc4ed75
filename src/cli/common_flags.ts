import { checkId } from "../oauth/target.ts";
import { type Command, InvalidArgumentError, Option } from "./commander.ts";
import { API_VERSIONS, reasonOf } from "./settings.ts";
import { DEFAULT_STORE, type StoreAddress, storeAddressFrom } from "./backend/store_address.ts";

/** Adds the options that every command with connections takes. */
export function withCommonFlags(command: Command): Command {
  return command
    .addOption(
      new Option(
        "--store <address>",
        `sqlite:PATH, deno-kv:PATH, postgres://… or redis://… (default: the file ${DEFAULT_STORE.path} in this folder)`,
      )
        .argParser(storeAddress),
    )
    .addOption(
      new Option("--worker <url>", "a deployed worker instead; its key is HIGHLEVEL_WORKER_KEY")
        .argParser(workerUrl).conflicts("store"),
    )
    .option("--json", "one JSON object per line on stdout")
    .option("--env-file <path>", "read settings from a file; the environment goes before it")
    .addOption(
      new Option("--base-url <url>", "HighLevel's API (also HIGHLEVEL_BASE_URL)").argParser(
        (text: string) => {
          if (!URL.canParse(text)) throw new InvalidArgumentError("It must be a URL.");
          return text;
        },
      ),
    )
    .addOption(
      new Option("--api-version <version>", "spelling of HighLevel's API (also HIGHLEVEL_API_VERSION)")
        .choices(API_VERSIONS),
    );
}

/** Adds the options of a command about what only a deployed worker has. */
export function withWorkerFlags(command: Command): Command {
  return command
    .addOption(
      new Option("--worker <url>", "the deployed worker; its key is HIGHLEVEL_WORKER_KEY")
        .argParser(workerUrl).makeOptionMandatory(),
    )
    .option("--json", "one JSON object per line on stdout")
    .option("--env-file <path>", "read settings from a file; the environment goes before it");
}

/** Reads an id given to a repeatable option. */
export function idList(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, oneId(text)];
}

/** Reads an id given to an option. */
export function oneId(text: string): string {
  try {
    return checkId("It", text);
  } catch (error) {
    throw new InvalidArgumentError(`${reasonOf(error)}.`);
  }
}

/** Reads a whole number from `least` to `most`. */
export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,9}$/.test(text) ? Number(text) : NaN;
    if (value >= least && value <= most) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
  };
}

function storeAddress(text: string): StoreAddress {
  const address = storeAddressFrom(text);
  if (address) return address;
  throw new InvalidArgumentError("It must be sqlite:PATH, deno-kv:PATH, postgres://… or redis://….");
}

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

function workerUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isSafe = url && !url.username && !url.search && !url.hash &&
    (url.protocol === "https:" || url.protocol === "http:" && LOOPBACK.test(url.hostname));
  if (isSafe) return text;
  throw new InvalidArgumentError("It must be an https (or loopback) URL without user, query or fragment.");
}
