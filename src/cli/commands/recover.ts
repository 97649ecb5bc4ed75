import { type ConnectionStatus, STATUSES } from "../../stores/status.ts";
import type { Recovery } from "../../connections/recovery.ts";
import { HighLevelError } from "../../oauth/highlevel_error.ts";
import type { Backend, Selection, Wanted } from "../backend/backend.ts";
import { type Command, Option } from "../commander.ts";
import type { Host } from "../command_host.ts";
import { parsersIn, withCommonFlags } from "../common_flags.ts";
import { FileRows } from "../files/file_rows.ts";
import { isRepeatable, shownPath } from "../files/input.ts";
import { type Journal, openJournal } from "../run/journal.ts";
import { openBackend } from "../backend/open_backend.ts";
import { addCommand } from "../help_text.ts";
import type { Output } from "../terminal/output.ts";
import { showPlan } from "../run/plan.ts";
import { openReport, type Report } from "../run/report.ts";
import { runRecoveries } from "../run/run_recoveries.ts";
import type { CommonFlags } from "../settings.ts";
import { DEFAULT_STORE } from "../backend/store_address.ts";
import { UsageError } from "../usage_error.ts";
import { keyOf } from "../terminal/texts.ts";

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
export function addRecover(program: Command, { words, output, finish }: Host): void {
  const { recover: help, flags } = words.help;
  const { ids, wholeNumber } = parsersIn(words);
  withCommonFlags(
    addCommand(program, "recover", help)
      .option("--location <id>", flags.locations, ids)
      .option("--company <id>", flags.companies, ids)
      .option("--file <path>", help.file)
      .option("--installed", help.installed)
      .addOption(new Option("--status <status>", help.status).choices(STATUSES))
      .option("--concurrency <n>", flags.concurrency, wholeNumber(1, 1_000), 32)
      .option("--dry-run", help.dryRun)
      .option("--report <path>", help.report)
      .option("--resume", help.resume)
      .option("--journal <path>", help.journal),
    words,
  ).action(async (flags: RecoverFlags) => finish(await recover(flags, output(flags))));
}

async function recover(flags: RecoverFlags, output: Output): Promise<number> {
  checkFlags(flags);
  const { words } = output;
  const source = new Source(flags, output);
  const names = await source.names();
  const backend = await openBackend(flags, output);
  try {
    if (flags.dryRun) {
      await showPlan(backend.plan(source.wanted(backend)), output);
      if (source.file) {
        output.note(words.file.kind(shownPath(flags.file, words), source.file.kind(), source.file.summary));
      }
      return source.file?.isLacking ? 1 : 0;
    }
    const report = flags.report === undefined
      ? undefined
      : openReport(flags.report, { words, source: flags.file });
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
  const { words } = output;
  const say = words.run;
  if (journal && flags.resume) {
    output.note(journal.size > 0 ? say.resuming(journal.size) : say.nothingToResume(journal.path));
  }
  const total = names && [...names].filter((name) => !journal?.has(name)).length;
  const jobs = backend.runJob ? source.jobs() : [];
  const { isInterrupted, isComplete, ended } = await runRecoveries(
    {
      wanted: source.wanted(backend, journal),
      jobs,
      extra: source.unasked,
      isCostly: flags.installed === true,
    },
    { backend, output, concurrency: flags.concurrency, total, journal, report },
  ).finally(() => journal?.close());

  if (source.file?.isLacking) {
    output.note(words.file.asTold(shownPath(flags.file, words), source.file.summary));
  }
  if (source.file?.taken === 0 && !isInterrupted) throw noUsableRow(flags.file);
  if (isComplete && !source.file?.isLacking) {
    journal?.remove();
    if (ended === 0 && source.skipped === 0) output.note(say.nothing);
    return 0;
  }
  if (journal && !isComplete) {
    output.note(say.goOn(journal.path));
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
    const names = new Set(location.map((locationId) => keyOf({ locationId })));
    for (const companyId of installed ? [] : company) names.add(keyOf({ companyId }));
    if (this.file && file !== undefined) {
      if (!await isRepeatable(file)) return undefined;
      for await (const { found } of this.file.read()) names.add(keyOf(found.target));
      this.#isCounted = true;
      if (this.file.taken === 0) throw noUsableRow(file);
    }
    return installed || status ? undefined : names;
  }

  /** Every connection, those of the journal left out. */
  async *wanted(backend: Backend, journal?: Journal): AsyncGenerator<Wanted, void, undefined> {
    for await (const wanted of this.#all(backend)) {
      if (!journal?.has(keyOf(wanted.target))) yield wanted;
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
    this.#output.note(this.#output.words.run.heldOnly(companyId));
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
  if (installed && !company) throw new UsageError(({ usage }) => usage.installedNeedsCompany);
  if (dryRun && (resume || report !== undefined)) {
    throw new UsageError(({ usage }) => usage.dryRunAlone);
  }
  if (isJobAlone(flags) && (resume || journal !== undefined)) {
    throw new UsageError(({ usage }) => usage.jobWithoutJournal);
  }
  if (location || company || file !== undefined || status) return;
  throw new UsageError(({ usage }) => usage.nothingToRecover);
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
  return new UsageError((words) => words.usage.noId(shownPath(file, words)));
}
