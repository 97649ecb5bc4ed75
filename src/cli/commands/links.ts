import { csvLine } from "../../import/csv_line.ts";
import { type LinkLine, LOST_STATUSES, type LostStatus } from "../backend/backend.ts";
import { openBackend } from "../backend/open_backend.ts";
import { type Command, Option } from "../commander.ts";
import type { Host } from "../command_host.ts";
import { withCommonFlags } from "../common_flags.ts";
import { addCommand } from "../help_text.ts";
import type { CommonFlags } from "../settings.ts";
import type { Output } from "../terminal/output.ts";
import { kindOf, printable } from "../terminal/texts.ts";
import { UsageError } from "../usage_error.ts";

interface LinksFlags extends CommonFlags {
  readonly status: LostStatus;
}

/** Adds `links`, which writes who is to be asked to bring connections back. */
export function addLinks(program: Command, { words, output, finish }: Host): void {
  const { links: help } = words.help;
  const status = new Option("--status <status>", help.status).choices(LOST_STATUSES);
  withCommonFlags(
    addCommand(program, "links", help).addOption(status.default(LOST_STATUSES[0])),
    words,
  ).action(async (flags: LinksFlags) => finish(await links(flags, output(flags))));
}

const COLUMNS = ["kind", "id", "name", "agency", "bringsBack", "reason", "since", "link"];

async function links(flags: LinksFlags, output: Output): Promise<number> {
  const backend = await openBackend(flags, output);
  const say = output.words.links;
  let agencies = 0;
  let following = 0;
  let alone = 0;
  let lacking = 0;
  let recoverable = 0;
  try {
    if (!backend.hasOwnLinks && backend.authorizationUrl === undefined) {
      throw new UsageError(({ usage }) => usage.linkSettings);
    }
    if (!output.json) output.write(`\ufeff${csvLine(COLUMNS)}`); // so that Excel reads names
    for await (const line of backend.links(flags.status)) {
      const { target, bringsBack, isConnected = false, url } = line;
      if (bringsBack === undefined) alone++;
      else if (isConnected) recoverable += bringsBack;
      else {
        agencies++;
        following += bringsBack;
      }
      if (url === undefined && !isConnected) lacking++;
      if (output.json) output.emit({ type: "link", ...line, target });
      else output.write(csvLine(cellsOf(line)));
    }
  } finally {
    backend.close();
  }
  if (agencies + alone + recoverable === 0) output.note(say.nobody);
  if (agencies > 0) output.note(say.agencies(agencies, following));
  if (alone > 0) output.note(say.alone(alone));
  if (recoverable > 0) output.note(say.recoverable(recoverable, flags.status));
  if (lacking > 0) output.note(say.lacking(lacking));
  if (!backend.hasOwnLinks && agencies + alone > 0) output.note(say.shared);
  return 0;
}

function cellsOf(
  { target, name, agency, bringsBack, cause, since, url }: LinkLine,
): readonly (string | undefined)[] {
  const [kind, id] = kindOf(target);
  const day = since?.toISOString().slice(0, 16).replace("T", " ");
  const text = (value: string | undefined): string | undefined => value && printable(value);
  return [kind, id, text(name), text(agency), bringsBack?.toString(), cause, day, url];
}
