import type { ConnectionStatus } from "../../stores/status.ts";
import type { Recovery } from "../../connections/recovery.ts";
import { HighLevelError } from "../../oauth/highlevel_error.ts";
import type { Backend, Selection, Wanted } from "../backend/backend.ts";
import { type Command, Option } from "../commander.ts";
import { idList, wholeNumber, withCommonFlags } from "../common_flags.ts";
import { FileRows } from "../files/file_rows.ts";
import { isRepeatable, shownPath } from "../files/input.ts";
import { type Journal, openJournal } from "../run/journal.ts";
import { openBackend } from "../backend/open_backend.ts";
import { type Output, processOutput } from "../terminal/output.ts";
import { showPlan } from "../run/plan.ts";
import { openReport, type Report } from "../run/report.ts";
import { runRecoveries } from "../run/run_recoveries.ts";
import type { CommonFlags } from "../settings.ts";
import { DEFAULT_STORE } from "../backend/store_address.ts";
import { UsageError } from "../usage_error.ts";
import { counted, nameOf } from "../terminal/words.ts";
import { STATUSES } from "../../stores/status.ts";

interface RecoverFlags extends CommonFlags {
  readonly location?: readonly string[];
  readonly company?: readonly string[];
  readonly file?: string;
  readonly installed?: boolean;
  readonly status?: ConnectionStatus;
  readonly concurrency: number;
  readonly dryRun?: boolean;
  readonly report?: string;
  readonly resume?: boolean;
  readonly journal?: string;
}

/** Adds `recover`, the main job. */
export function addRecover(program: Command, finish: (exitCode: number) => void): void {
  withCommonFlags(
    program.command("recover")
      .description("Bring lost connections back: by a refresh, HighLevel's Reconnect, or the agency's token.")
      .option("--location <id>", "a location; may be repeated", idList)
      .option("--company <id>", "a company (agency); may be repeated", idList)
      .option("--file <path>", "whom: ids, a table, JSON or HighLevel's own lists; - is stdin")
      .option("--installed", "every location where a --company has the app installed")
      .addOption(new Option("--status <status>", "every connection of this status").choices(STATUSES))
      .option("--concurrency <n>", "at most so many at once", wholeNumber(1, 1_000), 32)
      .option("--dry-run", "show what would be done; send HighLevel nothing")
      .option("--report <path>", "write a CSV file with every result; of a worker's job, with what it left")
      .option("--resume", "leave alone what the run before has recovered")
      .option("--journal <path>", "where a run notes what it recovered (default: next to the store)"),
  ).addHelpText("after", HELP).action(async (flags: RecoverFlags) => finish(await recover(flags)));
}

const HELP = `
A file may be a table (commas, semicolons or tabs; a header such as locationId, Location ID or id, or none), bare ids,
JSON in any layout, an answer of HighLevel's lists, or what import reads. A row's id is a location; with a companyId
beside it, of that agency. --dry-run shows how it was understood.

Exit code: 0 all recovered, 1 some not, 2 bad usage.
A run can be stopped by Ctrl-C and resumed; it notes what it recovered in a journal.
With --worker, --installed and --status are jobs of the worker: they go on there whatever happens here, on a page of its
dashboard. They have no journal and nothing to resume, and only what they could not recover is told one by one.

Examples:
  $ highlevel-reconnect recover --file ids.csv
  $ highlevel-reconnect recover --file ids.csv --resume --report left.csv
  $ highlevel-reconnect recover --installed --company ve9EPM428h8vShlRW1KT --dry-run
  $ cut -d, -f2 customers.csv | highlevel-reconnect recover --file - --json`;

async function recover(flags: RecoverFlags): Promise<number> {
  checkFlags(flags);
  const output = processOutput({ json: flags.json === true });
  const source = new Source(flags, output);
  const names = await source.names();
  const backend = await openBackend(flags, output);
  try {
    if (flags.dryRun) {
      await showPlan(backend.plan(source.wanted(backend)), output);
      if (source.file) {
        output.note(`${shownPath(flags.file)}: ${source.file.kind()}; ${source.file.summary}.`);
      }
      return source.file?.isLacking ? 1 : 0;
    }
    const report = flags.report === undefined ? undefined : openReport(flags.report);
    try {
      return await run(flags, { source, backend, output, report, names });
    } finally {
      report?.close();
    }
  } finally {
    backend.close();
  }
}

async function run(
  flags: RecoverFlags,
  { source, backend, output, report, names }: {
    readonly source: Source;
    readonly backend: Backend;
    readonly output: Output;
    readonly report: Report | undefined;
    readonly names: ReadonlySet<string> | undefined;
  },
): Promise<number> {
  const journal = isJobAlone(flags)
    ? undefined
    : await openJournal(journalPath(flags), flags.resume ? "resume" : "begin");
  if (journal && flags.resume) {
    output.note(
      journal.size > 0
        ? `Resuming: ${counted(journal.size, "connection")} recovered before ${
          journal.size === 1 ? "is" : "are"
        } left alone.`
        : `Nothing to resume in ${journal.path}: starting from the beginning.`,
    );
  }
  const total = names && [...names].filter((name) => !journal?.has(name)).length;
  const jobs = backend.runJob ? source.jobs() : [];
  const { isInterrupted, isComplete, ended } = await runRecoveries(
    { wanted: source.wanted(backend, journal), jobs, extra: source.unasked },
    { backend, output, concurrency: flags.concurrency, total, journal, report },
  ).finally(() => journal?.close());

  if (source.file?.isLacking) {
    output.note(`${shownPath(flags.file)}: ${source.file.summary}, as told above.`);
  }
  if (source.file?.taken === 0 && !isInterrupted) throw noUsableRow(flags.file);
  if (isComplete && !source.file?.isLacking) {
    journal?.remove();
    if (ended === 0 && source.skipped === 0) output.note("There was nothing to recover.");
    return 0;
  }
  if (journal && !isComplete) {
    output.note(`To go on with what is left: the same command with --resume (${journal.path}).`);
  }
  return 1;
}

/** Where connections to recover come from. */
class Source {
  readonly #flags: RecoverFlags;
  readonly #output: Output;
  #isCounted = false;
  /** The file's rows. */
  readonly file: FileRows | undefined;
  /** Connections left alone because the run before has recovered them. */
  skipped = 0;
  /** Agencies that could not be asked what is installed. */
  readonly unasked: Recovery[] = [];

  constructor(flags: RecoverFlags, output: Output) {
    this.#flags = flags;
    this.#output = output;
    this.file = flags.file === undefined ? undefined : new FileRows(flags.file, { need: "ids" }, output);
  }

  /**
   * Reads a file through before anything is done, and returns the name of every connection there will be, where that
   * can be known.
   *
   * @throws {UsageError} when no row is usable.
   */
  async names(): Promise<ReadonlySet<string> | undefined> {
    const { file, location = [], company = [], installed, status } = this.#flags;
    const names = new Set(location.map((locationId) => nameOf({ locationId })));
    for (const companyId of installed ? [] : company) names.add(nameOf({ companyId }));
    if (this.file && file !== undefined) {
      if (!await isRepeatable(file)) return undefined;
      for await (const { found } of this.file.read()) names.add(nameOf(found.target));
      this.#isCounted = true;
      if (this.file.taken === 0) throw noUsableRow(file);
    }
    return installed || status ? undefined : names;
  }

  /** Every connection, those of the journal left out. */
  async *wanted(backend: Backend, journal?: Journal): AsyncGenerator<Wanted, void, undefined> {
    for await (const wanted of this.#all(backend)) {
      if (!journal?.has(nameOf(wanted.target))) yield wanted;
      else this.skipped++;
    }
  }

  /** What a worker finds by itself. */
  jobs(): Selection[] {
    const { installed, company = [], status } = this.#flags;
    return [
      ...(status ? [{ status }] : []),
      ...(installed ? company.map((companyId) => ({ companyId, installed: true } as const)) : []),
    ];
  }

  async *#all(backend: Backend): AsyncGenerator<Wanted, void, undefined> {
    const { location = [], company = [], installed, status, dryRun } = this.#flags;
    const hasJobs = !dryRun && backend.runJob !== undefined;
    for (const locationId of location) yield { target: { locationId } };
    if (!installed) { for (const companyId of company) yield { target: { companyId } }; }
    if (this.file) {
      for await (const { found } of this.#isCounted ? this.file.again() : this.file.read()) {
        const { target, companyId, name } = found;
        yield { target, details: { ...(companyId && { companyId }), ...(name && { name }) } };
      }
    }
    if (status && !hasJobs) { for await (const { target } of backend.list({ status })) yield { target }; }
    if (installed && !hasJobs) {
      for (const companyId of company) {
        yield* dryRun ? this.#held(backend, companyId) : this.#installed(backend, companyId);
      }
    }
  }

  async *#installed(backend: Backend, companyId: string): AsyncGenerator<Wanted, void, undefined> {
    try {
      for await (const { locationId, name } of backend.installed(companyId)) {
        yield { target: { locationId }, details: { companyId, ...(name && { name }) } };
      }
    } catch (error) {
      if (!(error instanceof HighLevelError)) throw error;
      this.unasked.push(await unasked(companyId, error, backend));
    }
  }

  /** What can be said of an agency's locations without asking HighLevel. */
  async *#held(backend: Backend, companyId: string): AsyncGenerator<Wanted, void, undefined> {
    this.#output.note(
      `A dry run asks HighLevel nothing: of company ${companyId}'s locations, only those held here are counted.`,
    );
    for await (const { target, companyId: agency } of backend.list()) {
      if (target.locationId !== undefined && agency === companyId) yield { target };
    }
  }
}

async function unasked(companyId: string, error: HighLevelError, backend: Backend): Promise<Recovery> {
  const { code, traceId } = error;
  const needsPerson = code === "reauthorization_required";
  const authorizationUrl = needsPerson
    ? await backend.linkFor?.({ companyId }).catch(() => undefined) ?? backend.authorizationUrl
    : undefined;
  return {
    target: { companyId },
    outcome: needsPerson ? "reauthorization_required" : "failed",
    attempts: [],
    error,
    ...(traceId && { traceId }),
    ...(authorizationUrl && { authorizationUrl }),
  };
}

function checkFlags(flags: RecoverFlags): void {
  const { location, company, file, installed, status, dryRun, resume, journal, report } = flags;
  if (installed && !company) throw new UsageError("--installed needs --company ID: whose locations?");
  if (dryRun && (resume || report !== undefined)) {
    throw new UsageError(`--dry-run goes with neither --resume nor --report`);
  }
  if (isJobAlone(flags) && (resume || journal !== undefined)) {
    throw new UsageError("A job of the worker has no journal: leave out --resume and --journal.");
  }
  if (location || company || file !== undefined || status) return;
  throw new UsageError("Nothing to recover: give --location, --company, --file or --status.");
}

/** Whether the worker finds every connection by itself. */
function isJobAlone({ worker, installed, status, location, company, file }: RecoverFlags): boolean {
  const isNamed = location || file !== undefined || company && !installed;
  return worker !== undefined && Boolean(installed || status) && !isNamed;
}

/** Next to the store; a worker's in this folder. */
function journalPath({ journal, store, worker }: RecoverFlags): string {
  const { kind, path } = store ?? DEFAULT_STORE;
  const isFile = kind === "sqlite" || kind === "deno-kv";
  return journal ??
    `${worker !== undefined ? "highlevel-worker" : isFile ? path : `highlevel-${kind}`}.recovered`;
}

function noUsableRow(file: string | undefined): UsageError {
  return new UsageError(
    `${shownPath(file)} has no usable row: each needs the id of a location or a company.`,
  );
}
