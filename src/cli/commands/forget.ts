import type { ConnectionTarget } from "../../oauth/target.ts";
import type { Command } from "../commander.ts";
import { idList, withCommonFlags } from "../common_flags.ts";
import { openBackend } from "../open_backend.ts";
import { processOutput } from "../output.ts";
import type { CommonFlags } from "../settings.ts";
import { UsageError } from "../usage_error.ts";
import { nameOf } from "../words.ts";

interface ForgetFlags extends CommonFlags {
  readonly location?: readonly string[];
  readonly company?: readonly string[];
}

/** Adds `forget`, which removes connections and their tokens. */
export function addForget(program: Command, finish: (exitCode: number) => void): void {
  withCommonFlags(
    program.command("forget")
      .description("Forget connections and their tokens. The installation at HighLevel stays.")
      .option("--location <id>", "a location; may be repeated", idList)
      .option("--company <id>", "a company (agency); may be repeated", idList),
  ).addHelpText("after", HELP).action(async (flags: ForgetFlags) => finish(await forget(flags)));
}

const HELP = `
Example:
  $ highlevel-reconnect forget --location l1C08ntBrFjLS0elLIYU`;

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
      await backend.forget(target);
      output.emit({ type: "forgotten", target, wasHeld });
      output.print(wasHeld ? `Forgot ${nameOf(target)}.` : `Nothing was held of ${nameOf(target)}.`);
    }
    return 0;
  } finally {
    backend.close();
  }
}
