import type { Command } from "../commander.ts";
import { oneId, withCommonFlags } from "../common_flags.ts";
import { openBackend } from "../backend/open_backend.ts";
import { processOutput } from "../terminal/output.ts";
import type { CommonFlags } from "../settings.ts";
import { UsageError } from "../usage_error.ts";

interface TokenFlags extends CommonFlags {
  readonly location?: string;
  readonly company?: string;
}

/** Adds `token`, which prints one living access token and nothing else. */
export function addToken(program: Command, finish: (exitCode: number) => void): void {
  withCommonFlags(
    program.command("token")
      .description("Print a living access token: the one held, else a refreshed, else a recovered one.")
      .option("--location <id>", "of this location", oneId)
      .option("--company <id>", "of this company (agency)", oneId),
  ).addHelpText("after", HELP).action(async (flags: TokenFlags) => finish(await token(flags)));
}

const HELP = `
Examples:
  $ highlevel-reconnect token --location l1C08ntBrFjLS0elLIYU
  $ curl -H "Authorization: Bearer $(highlevel-reconnect token --location l1C08ntBrFjLS0elLIYU)" \\
      -H "Version: 2021-07-28" https://services.leadconnectorhq.com/locations/l1C08ntBrFjLS0elLIYU`;

async function token(flags: TokenFlags): Promise<number> {
  const { location: locationId, company: companyId } = flags;
  if ((locationId === undefined) === (companyId === undefined)) {
    throw new UsageError("Give one of --location ID and --company ID.");
  }
  const output = processOutput({ json: flags.json === true });
  const backend = await openBackend(flags, output);
  try {
    const target = locationId === undefined ? { companyId: companyId ?? "" } : { locationId };
    const accessToken = await backend.accessToken(target);
    if (output.json) output.emit({ type: "token", target, accessToken });
    else output.print(accessToken);
    return 0;
  } finally {
    backend.close();
  }
}
