import { checkId } from "../oauth/target.ts";
import { type Command, InvalidArgumentError, Option } from "./commander.ts";
import { API_VERSIONS } from "./settings.ts";
import { DEFAULT_STORE, type StoreAddress, storeAddressFrom } from "./backend/store_address.ts";
import type { Words } from "./words/words.ts";

/** Adds the options that every command with connections takes. */
export function withCommonFlags(command: Command, words: Words): Command {
  const { flags } = words.help;
  const parse = parsersIn(words);
  return withOutputFlags(
    command
      .addOption(
        new Option("--store <address>", flags.store(DEFAULT_STORE.path)).argParser(parse.storeAddress),
      )
      .addOption(new Option("--worker <url>", flags.worker).argParser(parse.workerUrl).conflicts("store")),
    words,
  )
    .addOption(new Option("--base-url <url>", flags.baseUrl).argParser(parse.url))
    .addOption(new Option("--api-version <version>", flags.apiVersion).choices(API_VERSIONS));
}

/** Adds the options of a command about what only a deployed worker has. */
export function withWorkerFlags(command: Command, words: Words): Command {
  const { workerUrl } = parsersIn(words);
  return withOutputFlags(
    command.addOption(
      new Option("--worker <url>", words.help.flags.onlyWorker).argParser(workerUrl).makeOptionMandatory(),
    ),
    words,
  );
}

function withOutputFlags(command: Command, { help }: Words): Command {
  return command.option("--json", help.flags.json).option("--env-file <path>", help.flags.envFile);
}

/** Reads the values of options; what is wrong is said in the words of the reader. */
export interface Parsers {
  /** An id. */
  readonly id: (text: string) => string;
  /** Ids of an option that may be repeated. */
  readonly ids: (text: string, before?: readonly string[]) => readonly string[];
  /** A whole number from `least` to `most`. */
  readonly wholeNumber: (least: number, most: number) => (text: string) => number;
  /** A moment in ISO 8601, as it was written. */
  readonly moment: (text: string) => string;
  /** A length of time, ms. */
  readonly length: (text: string) => number;
  /** A URL, as it was written. */
  readonly url: (text: string) => string;
  /** The URL of a worker, as it was written. */
  readonly workerUrl: (text: string) => string;
  /** Where a store is. */
  readonly storeAddress: (text: string) => StoreAddress;
}

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;
const UNITS = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
/** The longest length of time, ms. */
const LONGEST_MS = 30 * UNITS.d;

/** The parsers whose complaints are in `words`. */
export function parsersIn({ usage }: Words): Parsers {
  const given = <T>(value: T | undefined, complaint: string): T => {
    if (value === undefined) throw new InvalidArgumentError(complaint);
    return value;
  };
  const id = (text: string): string => given(isId(text) ? text : undefined, usage.mustBeId);
  return {
    id,
    ids: (text, before = []) => [...before, id(text)],
    wholeNumber: (least, most) => (text) => {
      const value = /^\d{1,9}$/.test(text) ? Number(text) : NaN;
      return given(value >= least && value <= most ? value : undefined, usage.mustBeNumber(least, most));
    },
    moment: (text) => given(isNaN(Date.parse(text)) ? undefined : text, usage.mustBeMoment),
    length: (text) => given(lengthIn(text), usage.mustBeLength),
    url: (text) => given(URL.canParse(text) ? text : undefined, usage.mustBeUrl),
    workerUrl: (text) => given(isWorkerUrl(text) ? text : undefined, usage.mustBeWorker),
    storeAddress: (text) => given(storeAddressFrom(text), usage.mustBeStore),
  };
}

function isId(text: string): boolean {
  try {
    return checkId("id", text) === text;
  } catch {
    return false;
  }
}

/** `90m`, `2h` or `1d`, ms. */
function lengthIn(text: string): number | undefined {
  const [, digits, unit] = /^(\d{1,6})([mhd])$/.exec(text) ?? [];
  if (unit !== "m" && unit !== "h" && unit !== "d") return undefined;
  const length = Number(digits) * UNITS[unit];
  return length <= LONGEST_MS ? length : undefined;
}

function isWorkerUrl(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url !== undefined && !url.username && !url.search && !url.hash &&
    (url.protocol === "https:" || url.protocol === "http:" && LOOPBACK.test(url.hostname));
}
