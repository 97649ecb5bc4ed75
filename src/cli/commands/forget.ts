import { isObject } from "../../oauth/fields.ts";
import type { ConnectionTarget } from "../../oauth/target.ts";
import type { Erased } from "../backend/backend.ts";
import type { Command } from "../commander.ts";
import type { Host } from "../command_host.ts";
import { parsersIn, withCommonFlags } from "../common_flags.ts";
import { openBackend } from "../backend/open_backend.ts";
import { addCommand } from "../help_text.ts";
import type { Output } from "../terminal/output.ts";
import type { CommonFlags } from "../settings.ts";
import { UsageError } from "../usage_error.ts";
import { moment, nameOf, printable } from "../terminal/texts.ts";

interface ForgetFlags extends CommonFlags {
  readonly location?: readonly string[];
  readonly company?: readonly string[];
  readonly erase?: boolean;
}

/** Adds `forget`, which removes connections and their tokens. */
export function addForget(program: Command, { words, output, finish }: Host): void {
  const { forget: help, flags } = words.help;
  const { ids } = parsersIn(words);
  withCommonFlags(
    addCommand(program, "forget", help)
      .option("--location <id>", flags.locations, ids)
      .option("--company <id>", flags.companies, ids)
      .option("--erase", help.erase),
    words,
  ).action(async (flags: ForgetFlags) => finish(await forget(flags, output(flags))));
}

async function forget(flags: ForgetFlags, output: Output): Promise<number> {
  const { location = [], company = [] } = flags;
  const targets: ConnectionTarget[] = [
    ...[...new Set(location)].map((locationId) => ({ locationId })),
    ...[...new Set(company)].map((companyId) => ({ companyId })),
  ];
  if (targets.length === 0) throw new UsageError(({ usage }) => usage.someTarget);
  const { words } = output;
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
      const who = nameOf(target, words);
      output.print(wasHeld ? words.forget.forgot(who) : words.forget.nothing(who));
    }
    return 0;
  } finally {
    backend.close();
  }
}

/** A receipt: what was erased, where, and what remains until when. */
function showReceipt(target: ConnectionTarget, { erased, remains }: Erased, output: Output): void {
  const { words: { forget, ...words } } = output;
  const now = new Date();
  output.emit({ type: "erased", target, erasedAt: now.toISOString(), erased, remains });
  output.print(forget.erased(nameOf(target, output.words), moment(now)));
  for (const line of linesOf(erased)) output.print(`  ${forget.erasedPart}  ${line}`);
  const left = linesOf(remains);
  for (const line of left.length > 0 ? left : [words.nothing]) output.print(`  ${forget.remains}  ${line}`);
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
