import { isObject } from "../../oauth/fields.ts";
import type { ConnectionTarget } from "../../oauth/target.ts";
import type { Erased } from "../backend/backend.ts";
import type { Command } from "../commander.ts";
import { idList, withCommonFlags } from "../common_flags.ts";
import { openBackend } from "../backend/open_backend.ts";
import { type Output, processOutput } from "../terminal/output.ts";
import type { CommonFlags } from "../settings.ts";
import { UsageError } from "../usage_error.ts";
import { nameOf, printable } from "../terminal/words.ts";

interface ForgetFlags extends CommonFlags {
  readonly location?: readonly string[];
  readonly company?: readonly string[];
  readonly erase?: boolean;
}

/** Adds `forget`, which removes connections and their tokens. */
export function addForget(program: Command, finish: (exitCode: number) => void): void {
  withCommonFlags(
    program.command("forget")
      .description("Forget connections and their tokens. The installation at HighLevel stays.")
      .option("--location <id>", "a location; may be repeated", idList)
      .option("--company <id>", "a company (agency); may be repeated", idList)
      .option("--erase", "remove all that is kept of it, and show a receipt"),
  ).addHelpText("after", HELP).action(async (flags: ForgetFlags) => finish(await forget(flags)));
}

const HELP = `
Without --erase a tombstone keeps for 90 days what is forgotten from coming back; with it a store keeps nothing at all. A
worker keeps the tombstone in either case (the id, and when it was forgotten): its receipt says until when.

Examples:
  $ highlevel-reconnect forget --location l1C08ntBrFjLS0elLIYU
  $ highlevel-reconnect forget --location l1C08ntBrFjLS0elLIYU --erase --json > receipt.json`;

async function forget(flags: ForgetFlags): Promise<number> {
  const { location = [], company = [] } = flags;
  const targets: ConnectionTarget[] = [
    ...location.map((locationId) => ({ locationId })),
    ...company.map((companyId) => ({ companyId })),
  ];
  if (targets.length === 0) throw new UsageError("Give --location ID or --company ID.");
  const output = processOutput({ json: flags.json === true });
  const backend = await openBackend(flags, output);
  try {
    for (const target of targets) {
      const wasHeld = await backend.get(target) !== undefined;
      if (flags.erase) {
        showReceipt(target, await backend.erase(target), output);
        continue;
      }
      await backend.forget(target);
      output.emit({ type: "forgotten", target, wasHeld });
      output.print(wasHeld ? `Forgot ${nameOf(target)}.` : `Nothing was held of ${nameOf(target)}.`);
    }
    return 0;
  } finally {
    backend.close();
  }
}

/** A receipt: what was erased, where, and what remains until when. */
function showReceipt(target: ConnectionTarget, { erased, remains }: Erased, output: Output): void {
  const erasedAt = new Date().toISOString();
  output.emit({ type: "erased", target, erasedAt, erased, remains });
  output.print(`Erased ${nameOf(target)}, ${erasedAt.slice(0, 16).replace("T", " ")} UTC`);
  for (const line of linesOf(erased)) output.print(`  erased   ${line}`);
  const left = linesOf(remains);
  for (const line of left.length > 0 ? left : ["nothing"]) output.print(`  remains  ${line}`);
}

/** `directory rows 1, alerts 2` for each part of a receipt. */
function linesOf(parts: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(parts).map(([where, what]) => {
    const words = isObject(what)
      ? Object.entries(what).map(([name, value]) =>
        `${name} ${Array.isArray(value) ? value.join("/") : value}`
      )
      : [String(what)];
    return printable(`${where.padEnd(9)}  ${words.join(", ")}`);
  });
}
