import { isSite } from "../oauth/highlevel_app.ts";
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
      .addOption(new Option("--worker <url>", flags.worker).argParser(parse.site).conflicts("store")),
    words,
  )
    .addOption(new Option("--base-url <url>", flags.baseUrl).argParser(parse.site))
    .addOption(new Option("--api-version <version>", flags.apiVersion).choices(API_VERSIONS));
}

/** Adds the options of a command about what only a deployed worker has. */
export function withWorkerFlags(command: Command, words: Words): Command {
  const { site } = parsersIn(words);
  return withOutputFlags(
    command.addOption(
      new Option("--worker <url>", words.help.flags.onlyWorker).argParser(site).makeOptionMandatory(),
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
  /** The URL of a worker, or of HighLevel's API, as it was written. */
  readonly site: (text: string) => string;
  /** Where a store is. */
  readonly storeAddress: (text: string) => StoreAddress;
}

const ISO_8601 = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?$/;
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
    moment: (text) => given(isMoment(text) ? text : undefined, usage.mustBeMoment),
    length: (text) => given(lengthIn(text), usage.mustBeLength),
    site: (text) => given(isSite(text) ? text : undefined, usage.mustBeSite),
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

/** `Date.parse` alone takes `7` for a month. */
function isMoment(text: string): boolean {
  return ISO_8601.test(text) && !isNaN(Date.parse(text));
}

/** `90m`, `2h` or `1d`, ms. */
function lengthIn(text: string): number | undefined {
  const [, digits, unit] = /^(\d{1,6})([mhd])$/.exec(text) ?? [];
  if (unit !== "m" && unit !== "h" && unit !== "d") return undefined;
  const length = Number(digits) * UNITS[unit];
  return length <= LONGEST_MS ? length : undefined;
}
