import type { ConnectionTarget } from "../../oauth/target.ts";
import { openBackend } from "../backend/open_backend.ts";
import type { Command } from "../commander.ts";
import type { Host } from "../command_host.ts";
import { parsersIn, withCommonFlags } from "../common_flags.ts";
import { addCommand } from "../help_text.ts";
import type { CommonFlags } from "../settings.ts";
import type { Output } from "../terminal/output.ts";
import { UsageError } from "../usage_error.ts";

/** Flags that name one connection. */
export interface TargetFlags extends CommonFlags {
  readonly location?: string;
  readonly company?: string;
}

/** Adds `token`, which prints one living access token and nothing else. */
export function addToken(program: Command, { words, output, finish }: Host): void {
  const { token: help } = words.help;
  withCommonFlags(withTargetFlags(addCommand(program, "token", help), { words }), words)
    .action(async (flags: TargetFlags) => finish(await token(flags, output(flags))));
}

/** Adds the options that name one connection. */
export function withTargetFlags(command: Command, { words }: Pick<Host, "words">): Command {
  const { flags } = words.help;
  const { id } = parsersIn(words);
  return command.option("--location <id>", flags.ofLocation, id)
    .option("--company <id>", flags.ofCompany, id);
}

/** The connection that `flags` name. @throws {UsageError} where that is not one. */
export function targetIn({ location, company }: TargetFlags): ConnectionTarget {
  if (location !== undefined && company === undefined) return { locationId: location };
  if (company !== undefined && location === undefined) return { companyId: company };
  throw new UsageError(({ usage }) => usage.oneTarget);
}

async function token(flags: TargetFlags, output: Output): Promise<number> {
  const target = targetIn(flags);
  const backend = await openBackend(flags, output);
  try {
    const accessToken = await backend.accessToken(target);
    if (output.json) output.emit({ type: "token", target, accessToken });
    else output.write(accessToken);
    return 0;
  } finally {
    backend.close();
  }
}
