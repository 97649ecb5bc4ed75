import type { Connection } from "../../connections/connection.ts";
import type { ConnectionTarget } from "../../oauth/target.ts";
import type { Backend, Wanted } from "../backend/backend.ts";
import type { Command } from "../commander.ts";
import { oneId, wholeNumber, withCommonFlags } from "../common_flags.ts";
import { openBackend } from "../backend/open_backend.ts";
import { type Output, processOutput } from "../terminal/output.ts";
import { runRecoveries } from "../run/run_recoveries.ts";
import type { CommonFlags } from "../settings.ts";
import { counted, grouped, nameOf, printable } from "../terminal/words.ts";

interface ReconcileFlags extends CommonFlags {
  readonly company: string;
  readonly recover?: boolean;
  readonly concurrency: number;
}

/** Adds `reconcile`, which compares what HighLevel says is installed with what is held. */
export function addReconcile(program: Command, finish: (exitCode: number) => void): void {
  withCommonFlags(
    program.command("reconcile")
      .description("Compare what HighLevel says a company has installed with what is held here.")
      .requiredOption("--company <id>", "the company (agency)", oneId)
      .option("--recover", "recover what is missing or broken; orphans are only told")
      .option("--concurrency <n>", "with --recover: at most so many at once", wholeNumber(1, 1_000), 32),
  ).addHelpText("after", HELP).action(async (flags: ReconcileFlags) => finish(await reconcile(flags)));
}

const HELP = `
  missing                   installed at HighLevel, not held here
  orphaned                  held here, no longer installed at HighLevel
  broken                    held, its refresh token is dead
  reauthorization_required  held, a person must authorise the app again
  paused                    held, the location is not active

Exit code: 0 nothing amiss (or all mended), 1 otherwise, 2 bad usage.

Examples:
  $ highlevel-reconnect reconcile --company ve9EPM428h8vShlRW1KT
  $ highlevel-reconnect reconcile --company ve9EPM428h8vShlRW1KT --recover`;

const FINDINGS = ["missing", "orphaned", "broken", "reauthorization_required", "paused"] as const;
type FindingKind = typeof FINDINGS[number];

interface Finding {
  readonly kind: FindingKind;
  readonly target: ConnectionTarget;
  readonly name?: string | undefined;
}

async function reconcile(flags: ReconcileFlags): Promise<number> {
  const { company: companyId } = flags;
  const output = processOutput({ json: flags.json === true });
  const backend = await openBackend(flags, output);
  try {
    const { findings, installed } = await compare(backend, companyId);
    for (const { kind, target, name } of findings) {
      output.emit({ type: "finding", finding: kind, target, ...(name && { name }) });
      if (!output.json) {
        output.print(
          `${kind.padEnd(24)}  ${nameOf(target)}  ${printable(name ?? "")}`.trimEnd(),
        );
      }
    }
    const counts = countsOf(findings);
    summarise(output, installed, counts);
    if (findings.length === 0) return 0;
    const broken = findings.filter(({ kind }) => kind !== "orphaned" && kind !== "paused");
    if (!flags.recover || broken.length === 0) {
      if (broken.length > 0) output.note("The same command with --recover mends what is missing or broken.");
      return 1;
    }
    const { isComplete } = await runRecoveries(
      { wanted: wantedFrom(broken, companyId) },
      { backend, output, concurrency: flags.concurrency, total: broken.length },
    );
    return isComplete && broken.length === findings.length ? 0 : 1;
  } finally {
    backend.close();
  }
}

async function compare(
  backend: Backend,
  companyId: string,
): Promise<{ readonly findings: readonly Finding[]; readonly installed: number }> {
  const names = new Map<string, string | undefined>();
  for await (const { locationId, name, isInstalled } of backend.installed(companyId)) {
    if (isInstalled) names.set(locationId, name);
  }
  const findings: Finding[] = [];
  const held = new Set<string>();
  for await (const connection of backend.list()) {
    const { locationId } = connection.target;
    if (locationId === undefined) continue;
    held.add(locationId);
    const isInstalled = names.has(locationId);
    const kind = isInstalled
      ? troubleOf(connection)
      : connection.companyId === companyId
      ? "orphaned"
      : undefined;
    if (kind) findings.push({ kind, target: { locationId }, name: names.get(locationId) ?? connection.name });
  }
  for (const [locationId, name] of names) {
    if (!held.has(locationId)) findings.push({ kind: "missing", target: { locationId }, name });
  }
  findings.sort((a, b) => FINDINGS.indexOf(a.kind) - FINDINGS.indexOf(b.kind));
  return { findings, installed: names.size };
}

function troubleOf({ status }: Connection): FindingKind | undefined {
  return status === "connected" ? undefined : status;
}

function countsOf(findings: readonly Finding[]): Readonly<Record<FindingKind, number>> {
  const counts = { missing: 0, orphaned: 0, broken: 0, reauthorization_required: 0, paused: 0 };
  for (const { kind } of findings) counts[kind]++;
  return counts;
}

function summarise(output: Output, installed: number, counts: Readonly<Record<FindingKind, number>>): void {
  const parts = FINDINGS.filter((kind) => counts[kind] > 0).map((kind) => `${grouped(counts[kind])} ${kind}`);
  output.print(`${counted(installed, "location")} installed; ${parts.join(", ") || "nothing amiss"}.`);
  output.emit({ type: "reconciliation", installed, ...counts });
}

async function* wantedFrom(
  findings: readonly Finding[],
  companyId: string,
): AsyncGenerator<Wanted, void, undefined> {
  for (const { target, name } of findings) yield { target, details: { companyId, ...(name && { name }) } };
}
