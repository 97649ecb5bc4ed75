import type { Connection } from "../../connections/connection.ts";
import { HighLevelError } from "../../oauth/highlevel_error.ts";
import type { Backend } from "../backend.ts";
import type { Command } from "../commander.ts";
import { withCommonFlags } from "../common_flags.ts";
import type { BadRow } from "../csv.ts";
import { ACCESS_TOKEN_MS, type FoundTokens } from "../found_tokens.ts";
import { issuedAtOf, NewestTokens, tokenSetOf } from "../newest_tokens.ts";
import { shownPath } from "../input.ts";
import { openBackend } from "../open_backend.ts";
import { type Output, processOutput } from "../output.ts";
import { readTokens } from "../read_tokens.ts";
import { type CommonFlags, readSettings, reasonOf } from "../settings.ts";
import { UsageError } from "../usage_error.ts";
import { counted, grouped, nameOf } from "../words.ts";

interface ImportFlags extends CommonFlags {
  readonly force?: boolean;
}

/** Adds `import`, which takes over the tokens of another system. */
export function addImport(program: Command, finish: (exitCode: number) => void): void {
  withCommonFlags(
    program.command("import")
      .description("Take over tokens from another system. Sends HighLevel nothing.")
      .argument("<path>", "a file; - is stdin")
      .option("--force", "replace living connections by older tokens too"),
  ).addHelpText("after", HELP).action(async (path: string, flags: ImportFlags) =>
    finish(await importTokens(path, flags))
  );
}

const HELP = `
Understood, told apart by content:
  HighLevel's JSON        access_token or accessToken spelling; one object, an array, or one object per line
  the SDK's documents     resourceId, access_token, refresh_token, expire_at, …, as mongoexport writes them
  CSV                     a header with access_token or refresh_token, and locationId, companyId or resourceId
  bare JWTs               one per line, access and refresh tokens told apart by their payload

Rows that name another app (applicationId, appId) than HIGHLEVEL_CLIENT_ID's are left out.
The newest tokens of a connection win. A living connection is not replaced by older tokens without --force.
Exit code: 0 all taken over, 1 some rows or connections not, 2 bad usage.

Examples:
  $ mongoexport --collection tokens | highlevel-reconnect import -
  $ highlevel-reconnect import tokens.json --force`;

async function importTokens(path: string, flags: ImportFlags): Promise<number> {
  const output = processOutput({ json: flags.json === true });
  const newest = new NewestTokens();
  let rows = 0;
  let bad = 0;
  const onBadRow = ({ line, reason }: BadRow): void => {
    bad++;
    output.note(`${shownPath(path)}: line ${line} left out: ${reason}.`);
    output.emit({ type: "bad_row", line, reason });
  };
  const clientId = readSettings(flags.envFile)("HIGHLEVEL_CLIENT_ID");
  for await (const tokens of readTokens(path, onBadRow, clientId)) {
    rows++;
    newest.add(tokens);
  }
  if (rows === 0) throw new UsageError(`${shownPath(path)} has no usable row.`);

  const backend = await openBackend(flags, output);
  const counts = { imported: 0, kept: 0, failed: 0 };
  try {
    for (const tokens of newest.values()) {
      const result = await take(tokens, { backend, force: flags.force === true, output });
      counts[result]++;
    }
  } finally {
    backend.close();
  }
  const parts = [
    `${grouped(counts.imported)} taken over`,
    ...(counts.kept > 0 ? [`${grouped(counts.kept)} kept as they were`] : []),
    ...(counts.failed > 0 ? [`${grouped(counts.failed)} failed`] : []),
    ...(bad > 0 ? [counted(bad, "bad row")] : []),
  ];
  output.print(
    `${counted(rows, "row")}, ${counted(counts.imported + counts.kept + counts.failed, "connection")}: ${
      parts.join(", ")
    }.`,
  );
  output.emit({ type: "summary", rows, badRows: bad, ...counts });
  return bad + counts.failed > 0 ? 1 : 0;
}

async function take(
  tokens: FoundTokens,
  { backend, force, output }: { readonly backend: Backend; readonly force: boolean; readonly output: Output },
): Promise<"imported" | "kept" | "failed"> {
  const { target, companyId } = tokens;
  try {
    if (!force && isNewer(await backend.get(target), tokens)) {
      output.print(`kept      ${nameOf(target)}  what is held is as new or newer (--force replaces it)`);
      output.emit({ type: "import", target, outcome: "kept" });
      return "kept";
    }
    await backend.save(target, tokenSetOf(tokens), companyId ? { companyId } : {});
  } catch (error) {
    if (!(error instanceof HighLevelError) && !(error instanceof TypeError)) throw error;
    output.print(`failed    ${nameOf(target)}  ${reasonOf(error)}`);
    output.emit({ type: "import", target, outcome: "failed", error: reasonOf(error) });
    return "failed";
  }
  output.print(`imported  ${nameOf(target)}  ${whatOf(tokens)}`);
  output.emit({ type: "import", target, outcome: "imported" });
  return "imported";
}

/** Whether what is held is healthy and not older. HighLevel's access tokens live a day: their end tells their beginning. */
function isNewer(held: Connection | undefined, found: FoundTokens): boolean {
  if (held?.status !== "connected" && held?.status !== "paused") return false;
  const heldAt = held.expiresAt ? held.expiresAt.getTime() - ACCESS_TOKEN_MS : 0;
  return heldAt > 0 && heldAt >= issuedAtOf(found);
}

function whatOf({ access, refresh }: FoundTokens): string {
  if (!refresh) return "access token only: it can be refreshed by Reconnect alone";
  return access ? "access and refresh token" : "refresh token only";
}
