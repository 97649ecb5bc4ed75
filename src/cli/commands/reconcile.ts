import type { Connection } from "../../connections/connection.ts";
import type { ConnectionTarget } from "../../oauth/target.ts";
import type { ConnectionStatus } from "../../stores/status.ts";
import type { Backend, Wanted } from "../backend/backend.ts";
import { openBackend } from "../backend/open_backend.ts";
import type { Command } from "../commander.ts";
import type { Host } from "../command_host.ts";
import { parsersIn, withCommonFlags } from "../common_flags.ts";
import { addCommand } from "../help_text.ts";
import { runRecoveries } from "../run/run_recoveries.ts";
import type { CommonFlags } from "../settings.ts";
import type { Output } from "../terminal/output.ts";
import { padded, textWidth } from "../terminal/text_width.ts";
import { nameOf, printable } from "../terminal/texts.ts";

interface ReconcileFlags extends CommonFlags {
  readonly company: string;
  readonly recover?: boolean;
  readonly concurrency: number;
}

/** Adds `reconcile`, which compares what HighLevel says is installed with what is held. */
export function addReconcile(program: Command, { words, output, finish }: Host): void {
  const { reconcile: help, flags } = words.help;
  const { id, wholeNumber } = parsersIn(words);
  withCommonFlags(
    addCommand(program, "reconcile", help)
      .requiredOption("--company <id>", help.company, id)
      .option("--recover", help.recover)
      .option("--concurrency <n>", flags.concurrency, wholeNumber(1, 1_000), 32),
    words,
  ).action(async (flags: ReconcileFlags) => finish(await reconcile(flags, output(flags))));
}

const FINDINGS = ["missing", "orphaned", "broken", "reauthorization_required", "paused"] as const;
type FindingKind = typeof FINDINGS[number];

interface Finding {
  readonly kind: FindingKind;
  readonly target: ConnectionTarget;
  readonly name?: string | undefined;
}

async function reconcile(flags: ReconcileFlags, output: Output): Promise<number> {
  const { company: companyId } = flags;
  const { words } = output;
  const backend = await openBackend(flags, output);
  try {
    const { findings, installed } = await compare(backend, companyId);
    const widest = Math.max(...FINDINGS.map((kind) => textWidth(words.states[kind])));
    for (const { kind, target, name } of findings) {
      output.emit({ type: "finding", finding: kind, target, ...(name && { name }) });
      if (output.json) continue;
      const state = padded(words.states[kind], widest);
      output.print(`${state}  ${nameOf(target, words)}  ${printable(name ?? "")}`.trimEnd());
    }
    summarise(output, installed, countsOf(findings));
    if (findings.length === 0) return 0;
    const broken = findings.filter(({ kind }) => kind !== "orphaned" && kind !== "paused");
    if (!flags.recover || broken.length === 0) {
      if (broken.length > 0) output.note(words.reconcile.mend);
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
    const { target: { locationId }, status } = connection;
    if (locationId === undefined) continue;
    held.add(locationId);
    const kind = names.has(locationId)
      ? troubleOf(status)
      : await isOrphan(connection, companyId, backend)
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

function troubleOf(status: ConnectionStatus): FindingKind | undefined {
  return status === "connected" ? undefined : status;
}

/**
 * Whether a location that the agency's list does not have is held for nothing: it is this agency's, or its agency is not known and
 * HighLevel has said of it that the app is not installed there.
 */
async function isOrphan(connection: Connection, companyId: string, backend: Backend): Promise<boolean> {
  const { target, status, companyId: agency } = connection;
  if (agency !== undefined || status === "connected") return agency === companyId;
  const { trouble } = await backend.get(target) ?? {};
  return trouble?.code === "not_installed";
}

function countsOf(findings: readonly Finding[]): Readonly<Record<FindingKind, number>> {
  const counts = { missing: 0, orphaned: 0, broken: 0, reauthorization_required: 0, paused: 0 };
  for (const { kind } of findings) counts[kind]++;
  return counts;
}

function summarise(output: Output, installed: number, counts: Readonly<Record<FindingKind, number>>): void {
  const { list, reconcile, states } = output.words;
  const parts = FINDINGS.filter((kind) => counts[kind] > 0).map((kind) =>
    list.part(counts[kind], states[kind])
  );
  output.print(reconcile.installed(installed, parts));
  output.emit({ type: "reconciliation", installed, ...counts });
}

async function* wantedFrom(
  findings: readonly Finding[],
  companyId: string,
): AsyncGenerator<Wanted, void, undefined> {
  for (const { target, name } of findings) yield { target, details: { companyId, ...(name && { name }) } };
}
