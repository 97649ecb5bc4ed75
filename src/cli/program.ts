import { Command } from "./commander.ts";
import { addEvents } from "./commands/events.ts";
import { addExport } from "./commands/export.ts";
import { addForget } from "./commands/forget.ts";
import { addImport } from "./commands/import.ts";
import { addLinks } from "./commands/links.ts";
import { addList } from "./commands/list.ts";
import { addReconcile } from "./commands/reconcile.ts";
import { addRecover } from "./commands/recover.ts";
import { addReseal } from "./commands/reseal.ts";
import { addRestore } from "./commands/restore.ts";
import { addSandbox } from "./commands/sandbox.ts";
import { addToken } from "./commands/token.ts";

/** The whole command line. A command tells its exit code by `finish`; bad usage throws. */
export function createProgram(finish: (exitCode: number) => void): Command {
  const program = new Command("highlevel-reconnect")
    .description("Keeps HighLevel connections of a marketplace app alive, and brings lost ones back.")
    .exitOverride()
    .showHelpAfterError("(--help shows what there is)")
    .helpCommand(false)
    .addHelpText("after", HELP);
  addRecover(program, finish);
  addToken(program, finish);
  addList(program, finish);
  addLinks(program, finish);
  addImport(program, finish);
  addReconcile(program, finish);
  addForget(program, finish);
  addEvents(program, finish);
  addExport(program, finish);
  addRestore(program, finish);
  addReseal(program, finish);
  addSandbox(program, finish);
  return program;
}

const HELP = `
Settings, from the environment or --env-file (secrets are never taken from flags):
  HIGHLEVEL_CLIENT_ID, HIGHLEVEL_CLIENT_SECRET   the app's credentials
  HIGHLEVEL_PREVIOUS_CREDENTIALS                 its older pairs: id:secret,id:secret
  HIGHLEVEL_REDIRECT_URI, HIGHLEVEL_SCOPES       make the link where a person authorises the app
  HIGHLEVEL_BASE_URL, HIGHLEVEL_API_VERSION      as --base-url and --api-version
  SEALING_KEYS                                   encrypt the local store: base64 keys of 32 bytes, the first seals
  EXPORT_KEY                                     seals and opens exports: a base64 key of 32 bytes
  HIGHLEVEL_WORKER_KEY                           the key for --worker

Exit code: 0 all recovered, 1 some not, 2 bad usage.

Example, on the day of an incident:
  $ export HIGHLEVEL_CLIENT_ID=… HIGHLEVEL_CLIENT_SECRET=…
  $ highlevel-reconnect recover --file ids.csv`;
