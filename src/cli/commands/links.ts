import { csvLine } from "../../import/csv_line.ts";
import { type LinkLine, LOST_STATUSES, type LostStatus } from "../backend/backend.ts";
import { type Command, Option } from "../commander.ts";
import { withCommonFlags } from "../common_flags.ts";
import { openBackend } from "../backend/open_backend.ts";
import { processOutput } from "../terminal/output.ts";
import type { CommonFlags } from "../settings.ts";
import { UsageError } from "../usage_error.ts";
import { counted, grouped, kindOf, printable } from "../terminal/words.ts";

interface LinksFlags extends CommonFlags {
  readonly status: LostStatus;
}

/** Adds `links`, which writes who is to be asked to bring connections back. */
export function addLinks(program: Command, finish: (exitCode: number) => void): void {
  withCommonFlags(
    program.command("links")
      .description(
        "Write a CSV of links for a mail merge: agencies first, then the locations that no agency brings back.",
      )
      .addOption(
        new Option("--status <status>", "of which connections").choices(LOST_STATUSES).default(
          LOST_STATUSES[0],
        ),
      ),
  ).addHelpText("after", HELP).action(async (flags: LinksFlags) => finish(await links(flags)));
}

const HELP = `
One click of an agency brings back its locations: these are counted beside it, and not asked themselves. An agency that is
connected needs no click: recover --status brings its locations back.
With --worker each link is for one connection alone, ends after 14 days, and the worker's lists say whether it was opened.
Over a store the links are HighLevel's own: they need HIGHLEVEL_REDIRECT_URI and HIGHLEVEL_SCOPES, are one and the same for
everybody, and the code comes to your own callback.

Examples:
  $ highlevel-reconnect links > links.csv
  $ highlevel-reconnect links --worker https://reconnect.example --status broken --json`;

const COLUMNS = ["kind", "id", "name", "agency", "bringsBack", "reason", "since", "link"];

async function links(flags: LinksFlags): Promise<number> {
  const output = processOutput({ json: flags.json === true });
  const backend = await openBackend(flags, output);
  let agencies = 0;
  let following = 0;
  let alone = 0;
  let lacking = 0;
  let recoverable = 0;
  try {
    if (!backend.hasOwnLinks && backend.authorizationUrl === undefined) {
      throw new UsageError("Set HIGHLEVEL_REDIRECT_URI and HIGHLEVEL_SCOPES: links are made of them.");
    }
    if (!output.json) output.print(`\ufeff${csvLine(COLUMNS)}`); // so that Excel reads names
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
      else output.print(csvLine(cellsOf(line)));
    }
  } finally {
    backend.close();
  }
  if (agencies + alone + recoverable === 0) output.note("Nobody has to click.");
  if (agencies > 0) {
    output.note(
      `${grouped(agencies)} ${agencies === 1 ? "agency" : "agencies"} to ask first, for ${
        counted(following, "location")
      }.`,
    );
  }
  if (alone > 0) output.note(`${counted(alone, "location")} to ask by themselves.`);
  if (recoverable > 0) {
    output.note(
      `${
        grouped(recoverable)
      } need nobody: their agencies are connected. recover --status ${flags.status} brings them back.`,
    );
  }
  if (lacking > 0) {
    output.note(
      `${
        grouped(lacking)
      } without a link: it takes the admin's key, and a worker that is set up for installations.`,
    );
  }
  if (!backend.hasOwnLinks && agencies + alone > 0) {
    output.note(
      "The links are HighLevel's own, one and the same for everybody: nothing tells who opened one, and each code comes to " +
        "HIGHLEVEL_REDIRECT_URI. A worker (--worker) has links for one connection alone, and follows them.",
    );
  }
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
