import type { Connection } from "../../connections/connection.ts";
import type { FoundConnection } from "../../import/import_row.ts";
import { ACCESS_TOKEN_MS } from "../../import/judge.ts";
import { issuedAtOf, NewestTokens, tokenSetOf } from "../../import/newest_tokens.ts";
import { HighLevelError } from "../../oauth/highlevel_error.ts";
import type { Backend } from "../backend/backend.ts";
import type { Command } from "../commander.ts";
import { withCommonFlags } from "../common_flags.ts";
import { FileRows } from "../files/file_rows.ts";
import { shownPath } from "../files/input.ts";
import { openBackend } from "../backend/open_backend.ts";
import { type Output, processOutput } from "../terminal/output.ts";
import { clientIdsFrom, type CommonFlags, readSettings, reasonOf } from "../settings.ts";
import { UsageError } from "../usage_error.ts";
import { counted, grouped, nameOf } from "../terminal/words.ts";

interface ImportFlags extends CommonFlags {
  readonly force?: boolean;
  readonly dryRun?: boolean;
}

/** Adds `import`, which takes over the tokens of another system. */
export function addImport(program: Command, finish: (exitCode: number) => void): void {
  withCommonFlags(
    program.command("import")
      .description("Take over tokens from another system. Sends HighLevel nothing.")
      .argument("<path>", "a file; - is stdin")
      .option("--dry-run", "show what would be taken over; change nothing")
      .option("--force", "replace living connections by older tokens too"),
  ).addHelpText("after", HELP).action(async (path: string, flags: ImportFlags) =>
    finish(await importTokens(path, flags))
  );
}

const HELP = `
Understood, told apart by content, in UTF-8, UTF-16 or Latin-1:
  JSON in any layout      HighLevel's answers in either spelling, its SDK's documents, objects keyed by id, tokens nested
                          under any name, an agency's with its locations' in it
  tables                  commas, semicolons or tabs; headers such as access_token, Access Token or ghl_access_token, or none
  .env files              HIGHLEVEL_ACCESS_TOKEN=…, ACME_REFRESH_TOKEN=…
  bare JWTs               one per line, access and refresh tokens told apart by their payload

What a token is comes from the token itself, what stands beside it comes second; a row that contradicts its token is bad.
Tokens of another app than HIGHLEVEL_CLIENT_ID's and of private integrations (pit-…) are left out.
The newest tokens of a connection win. A living connection is not replaced by older tokens without --force.
Exit code: 0 all taken over, 1 some rows or connections not, 2 bad usage.

Examples:
  $ mongoexport --collection tokens | highlevel-reconnect import -
  $ highlevel-reconnect import tokens.csv --dry-run
  $ highlevel-reconnect import tokens.json --force`;

async function importTokens(path: string, flags: ImportFlags): Promise<number> {
  const output = processOutput({ json: flags.json === true });
  const clientIds = clientIdsFrom(readSettings(flags.envFile));
  const rows = new FileRows(path, { need: "tokens", clientIds }, output);
  const newest = new NewestTokens();
  for await (const { found } of rows.read()) newest.add(found);
  if (rows.taken === 0) throw new UsageError(`${shownPath(path)} has no usable row.`);
  if (flags.dryRun) return showWhatWould(newest, { path, rows, output });

  const backend = await openBackend(flags, output);
  const counts = { imported: 0, kept: 0, failed: 0 };
  try {
    for (const found of newest.values()) {
      const result = await take(found, { backend, force: flags.force === true, output });
      counts[result]++;
    }
  } finally {
    backend.close();
  }
  const parts = [
    `${grouped(counts.imported)} taken over`,
    ...(counts.kept > 0 ? [`${grouped(counts.kept)} kept as they were`] : []),
    ...(counts.failed > 0 ? [`${grouped(counts.failed)} failed`] : []),
  ];
  const connections = counted(counts.imported + counts.kept + counts.failed, "connection");
  output.print(`${rows.summary}, ${connections}: ${parts.join(", ")}.`);
  output.emit({ type: "summary", ...countsOf(rows), ...counts });
  return rows.isLacking || counts.failed > 0 ? 1 : 0;
}

/** Shows what an import would take over. */
function showWhatWould(
  newest: NewestTokens,
  { path, rows, output }: { readonly path: string; readonly rows: FileRows; readonly output: Output },
): number {
  const all = [...newest.values()];
  for (const found of all) {
    const { target, companyId, name, access, clientId } = found;
    const words = [
      whatOf(found),
      ...(access
        ? [access.expiresAt > 0 ? `ends ${shownTime(access.expiresAt)}` : "when it ends is not told"]
        : []),
      ...(companyId ? [`of company ${companyId}`] : []),
      ...(clientId ? [`issued to ${clientId}`] : []),
    ];
    output.print(`would import  ${nameOf(target)}  ${words.join(", ")}`);
    const expiresAt = access && access.expiresAt > 0 ? new Date(access.expiresAt) : undefined;
    output.emit({ type: "import", target, outcome: "would_import", companyId, name, clientId, expiresAt });
  }
  output.note(`${shownPath(path)}: ${rows.kind()}.`);
  output.print(`${rows.summary}, ${counted(all.length, "connection")}. Nothing was changed.`);
  output.emit({ type: "summary", ...countsOf(rows), wouldImport: all.length });
  return rows.isLacking ? 1 : 0;
}

function countsOf({ taken, leftOut, bad }: FileRows): Readonly<Record<string, number>> {
  return { rows: taken + leftOut + bad, usedRows: taken, leftOutRows: leftOut, badRows: bad };
}

async function take(
  found: FoundConnection,
  { backend, force, output }: { readonly backend: Backend; readonly force: boolean; readonly output: Output },
): Promise<"imported" | "kept" | "failed"> {
  const { target, companyId, name, refresh } = found;
  let held: Connection | undefined;
  try {
    if (!force || !refresh) held = await backend.get(target);
    if (!force && isNewer(held, found)) {
      output.print(`kept      ${nameOf(target)}  what is held is as new or newer (--force replaces it)`);
      output.emit({ type: "import", target, outcome: "kept" });
      return "kept";
    }
    await backend.save(target, tokenSetOf(found), { ...(companyId && { companyId }), ...(name && { name }) });
  } catch (error) {
    if (!(error instanceof HighLevelError) && !(error instanceof TypeError)) throw error;
    output.print(`failed    ${nameOf(target)}  ${reasonOf(error)}`);
    output.emit({ type: "import", target, outcome: "failed", error: reasonOf(error) });
    return "failed";
  }
  output.print(`imported  ${nameOf(target)}  ${whatOf(found, held)}`);
  output.emit({ type: "import", target, outcome: "imported" });
  return "imported";
}

/** Whether what is held is healthy and not older. HighLevel's access tokens live a day: their end tells their beginning. */
function isNewer(held: Connection | undefined, found: FoundConnection): boolean {
  if (held?.status !== "connected" && held?.status !== "paused") return false;
  const heldAt = held.expiresAt ? held.expiresAt.getTime() - ACCESS_TOKEN_MS : 0;
  return heldAt > 0 && heldAt >= issuedAtOf(found);
}

/** What is taken over; a refresh token that is held and can still be used stays. */
function whatOf({ access, refresh }: FoundConnection, held?: Connection): string {
  if (refresh) return access ? "access and refresh token" : "refresh token only";
  return held?.refreshTokenIssuedAt && (held.status === "connected" || held.status === "paused")
    ? "access token; the refresh token held is kept"
    : "access token only: it can be refreshed by Reconnect alone";
}

/** `2026-11-25 12:00 UTC`. */
function shownTime(time: number): string {
  return `${new Date(time).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
