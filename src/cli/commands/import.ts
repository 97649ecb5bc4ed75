import type { Connection } from "../../connections/connection.ts";
import type { FoundConnection } from "../../import/import_row.ts";
import { ACCESS_TOKEN_MS } from "../../import/judge.ts";
import { issuedAtOf, NewestTokens, tokenSetOf } from "../../import/newest_tokens.ts";
import { HighLevelError } from "../../oauth/highlevel_error.ts";
import type { ConnectionTarget } from "../../oauth/target.ts";
import type { Backend } from "../backend/backend.ts";
import type { Command } from "../commander.ts";
import type { Host } from "../command_host.ts";
import { withCommonFlags } from "../common_flags.ts";
import { FileRows } from "../files/file_rows.ts";
import { shownPath } from "../files/input.ts";
import { openBackend, openToLook } from "../backend/open_backend.ts";
import { addCommand } from "../help_text.ts";
import type { Output } from "../terminal/output.ts";
import { padded, textWidth } from "../terminal/text_width.ts";
import { clientIdsFrom, type CommonFlags, readSettings, reasonOf } from "../settings.ts";
import { UsageError } from "../usage_error.ts";
import { errorText, moment, nameOf } from "../terminal/texts.ts";
import type { Words } from "../words/words.ts";

interface ImportFlags extends CommonFlags {
  readonly force?: boolean;
  readonly dryRun?: boolean;
}

/** Adds `import`, which takes over the tokens of another system. */
export function addImport(program: Command, { words, output, finish }: Host): void {
  const { import: help } = words.help;
  withCommonFlags(
    addCommand(program, "import", help)
      .argument("<path>", help.path)
      .option("--dry-run", help.dryRun)
      .option("--force", help.force),
    words,
  ).action(async (path: string, flags: ImportFlags) =>
    finish(await importTokens(path, flags, output(flags)))
  );
}

async function importTokens(path: string, flags: ImportFlags, output: Output): Promise<number> {
  const say = output.words.imported;
  const clientIds = clientIdsFrom(readSettings(flags.envFile));
  const rows = new FileRows(path, { need: "tokens", clientIds }, output);
  const newest = new NewestTokens();
  for await (const { found } of rows.read()) newest.add(found);
  if (rows.taken === 0) throw new UsageError((words) => words.usage.noToken(shownPath(path, words)));
  if (flags.dryRun) {
    const held = await openToLook(flags, output);
    try {
      return await showWhatWould(newest, { held, force: flags.force === true, path, rows, output });
    } finally {
      held?.close();
    }
  }
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
  const { imported, kept, failed } = counts;
  output.print(say.summary(rows.summary, imported + kept + failed, imported, kept, failed));
  output.emit({ type: "summary", ...countsOf(rows), ...counts });
  return rows.isLacking || counts.failed > 0 ? 1 : 0;
}

/** What a dry run looks at. `held` is absent where it is not known what is held. */
interface DryRun {
  readonly held: Pick<Backend, "get"> | undefined;
  readonly force: boolean;
  readonly path: string;
  readonly rows: FileRows;
  readonly output: Output;
}

/** Shows what an import would take over, and what it would keep as it is. */
async function showWhatWould(
  newest: NewestTokens,
  { held, force, path, rows, output }: DryRun,
): Promise<number> {
  const { words } = output;
  const say = words.imported;
  const widest = Math.max(
    ...(["would_import", "would_keep"] as const).map((one) => textWidth(words.states[one])),
  );
  const counts = { would_import: 0, would_keep: 0 };
  for (const found of newest.values()) {
    const { target, companyId, name, access, clientId } = found;
    const now = await held?.get(target);
    const outcome = !force && isNewer(now, found) ? "would_keep" : "would_import";
    counts[outcome]++;
    const refreshToken = found.refresh ? "taken" : now?.refreshTokenIssuedAt ? "kept" : "none";
    const facts = outcome === "would_keep" ? [say.newer] : [
      held || found.refresh ? whatOf(found, refreshToken, words) : say.accessDryRun,
      access && (access.expiresAt > 0 ? say.ends(moment(access.expiresAt)) : say.endUnknown),
      companyId && say.of(companyId),
      clientId && say.issuedTo(clientId),
    ];
    output.print(
      `${padded(words.states[outcome], widest)}  ${nameOf(target, words)}  ${
        facts.filter(Boolean).join(", ")
      }`,
    );
    const expiresAt = access && access.expiresAt > 0 ? new Date(access.expiresAt) : undefined;
    output.emit({ type: "import", target, outcome, companyId, name, clientId, expiresAt });
  }
  output.note(words.file.kind(shownPath(path, words), rows.kind()));
  const { would_import: taken, would_keep: kept } = counts;
  output.print(say.dryRun(rows.summary, taken, kept));
  output.emit({ type: "summary", ...countsOf(rows), wouldImport: taken, wouldKeep: kept });
  return rows.isLacking ? 1 : 0;
}

function countsOf({ taken, leftOut, bad }: FileRows): Readonly<Record<string, number>> {
  return { rows: taken + leftOut + bad, usedRows: taken, leftOutRows: leftOut, badRows: bad };
}

async function take(
  found: FoundConnection,
  { backend, force, output }: { readonly backend: Backend; readonly force: boolean; readonly output: Output },
): Promise<"imported" | "kept" | "failed"> {
  const { target, companyId, name } = found;
  const { words } = output;
  const tell = (
    outcome: "imported" | "kept" | "failed",
    text: string,
    facts: object = {},
  ): typeof outcome => {
    const widest = Math.max(
      ...(["imported", "kept", "failed"] as const).map((one) => textWidth(words.states[one])),
    );
    output.print(`${padded(words.states[outcome], widest)}  ${nameOf(target, words)}  ${text}`);
    output.emit({ type: "import", target, outcome, ...facts });
    return outcome;
  };
  try {
    const held = force ? undefined : await backend.get(target);
    if (!force && isNewer(held, found)) return tell("kept", words.imported.newer);
    await backend.save(target, tokenSetOf(found), { ...(companyId && { companyId }), ...(name && { name }) });
    const refreshToken = found.refresh ? "taken" : await keepsRefreshToken(backend, target) ? "kept" : "none";
    return tell("imported", whatOf(found, refreshToken, words), { refreshToken });
  } catch (error) {
    if (!(error instanceof HighLevelError) && !(error instanceof TypeError)) throw error;
    const text = error instanceof HighLevelError ? errorText(error, words, target) : reasonOf(error);
    return tell("failed", text, { error: reasonOf(error) });
  }
}

/** Whether a refresh token that was held before is still held, and not known to be dead. */
async function keepsRefreshToken(backend: Backend, target: ConnectionTarget): Promise<boolean> {
  return (await backend.get(target))?.refreshTokenIssuedAt !== undefined;
}

/** Whether what is held is healthy and not older. HighLevel's access tokens live a day: their end tells their beginning. */
function isNewer(held: Connection | undefined, found: FoundConnection): boolean {
  if (held?.status !== "connected" && held?.status !== "paused") return false;
  const heldAt = held.expiresAt ? held.expiresAt.getTime() - ACCESS_TOKEN_MS : 0;
  return heldAt > 0 && heldAt >= issuedAtOf(found);
}

/** What is taken over, and what became of a refresh token. */
function whatOf(
  { access }: FoundConnection,
  refreshToken: "taken" | "kept" | "none",
  { imported }: Words,
): string {
  switch (refreshToken) {
    case "taken":
      return access ? imported.both : imported.refreshOnly;
    case "kept":
      return imported.accessKept;
    case "none":
      return imported.accessOnly;
  }
}
