import { writeFileSync } from "node:fs";
import { createSandbox, type Sandbox } from "../../sandbox/mod.ts";
import type { Command } from "../commander.ts";
import { wholeNumber } from "../common_flags.ts";
import { listenForInterrupt } from "../run/interrupt.ts";
import { type LoopbackServer, serveOnLoopback } from "../serve_on_loopback.ts";
import { processOutput } from "../terminal/output.ts";
import { reasonOf } from "../settings.ts";
import { UsageError } from "../usage_error.ts";
import { grouped } from "../terminal/words.ts";

interface SandboxFlags {
  readonly port: number;
  readonly connections: number;
  readonly writeIds?: string;
  readonly paused: number;
  readonly uninstalled: number;
  readonly latency: number;
  readonly reconnect: boolean;
  readonly refreshWindow: boolean;
  readonly missingScope?: string;
}

/** Adds `sandbox`, which serves HighLevel in miniature with lost connections to try recovery on. */
export function addSandbox(program: Command, finish: (exitCode: number) => void): void {
  program.command("sandbox")
    .description("Serve HighLevel in miniature on this machine, after an incident: every token is lost.")
    .option("--port <port>", "where; 0 for any free port", wholeNumber(0, 65_535), 8790)
    .option(
      "--connections <n>",
      "how many lost connections, all of one agency",
      wholeNumber(1, 1_000_000),
      100,
    )
    .option("--write-ids <path>", "write their ids to a CSV file")
    .option("--paused <n>", "so many of them are not active", wholeNumber(0, 1_000_000), 0)
    .option("--uninstalled <n>", "so many of them have uninstalled the app", wholeNumber(0, 1_000_000), 0)
    .option("--latency <ms>", "how long each answer takes", wholeNumber(0, 60_000), 0)
    .option("--no-reconnect", "answer that the Reconnect endpoint has been removed")
    .option("--no-refresh-window", "a refresh that is sent again within 30 s does not get its answer again")
    .option("--missing-scope <scope>", "a scope of the app that its tokens lack, such as oauth.write")
    .addHelpText("after", HELP)
    .action(async (flags: SandboxFlags) => finish(await serveSandbox(flags)));
}

const HELP = `
Example, in two terminals:
  $ highlevel-reconnect sandbox --connections 1000 --latency 50 --write-ids ids.csv
  $ export …                                  the lines that it prints
  $ highlevel-reconnect recover --file ids.csv`;

async function serveSandbox(flags: SandboxFlags): Promise<number> {
  const output = processOutput({ json: false });
  const sandbox = createSandbox({
    latencyMs: flags.latency,
    companies: [{ locations: flags.connections }],
    ...!flags.refreshWindow && { refreshWindowMs: 0 },
  });
  const { clientId, clientSecret, redirectUri, scope } = sandbox.app;
  if (flags.missingScope !== undefined) takeScope(sandbox, flags.missingScope);
  const ids = sandbox.locationIds();
  if (flags.paused + flags.uninstalled > ids.length) {
    throw new UsageError("--paused and --uninstalled together are more than --connections.");
  }
  for (const id of ids.slice(0, flags.paused)) sandbox.pause(id);
  for (const locationId of ids.slice(flags.paused, flags.paused + flags.uninstalled)) {
    sandbox.uninstall({ locationId });
  }
  if (!flags.reconnect) sandbox.removeReconnect();
  if (flags.writeIds !== undefined) writeIds(flags.writeIds, sandbox);

  const server = await serve(flags.port, sandbox);
  const stop = Promise.withResolvers<void>();
  const interrupt = listenForInterrupt(() => stop.resolve());
  const file = flags.writeIds ?? "ids.csv";
  output.print(`# HighLevel in miniature at http://127.0.0.1:${server.port}, until Ctrl-C.
# ${grouped(ids.length)} locations of company ${sandbox.companyIds()[0]}; the tokens of all are lost.
export HIGHLEVEL_BASE_URL='http://127.0.0.1:${server.port}'
export HIGHLEVEL_CLIENT_ID='${clientId}'
export HIGHLEVEL_CLIENT_SECRET='${clientSecret}'
export HIGHLEVEL_REDIRECT_URI='${redirectUri}'
export HIGHLEVEL_SCOPES='${scope}'
# Then, in another terminal:
#   highlevel-reconnect recover --file ${file}${
    flags.writeIds === undefined ? "    (--write-ids ids.csv writes it)" : ""
  }
#   highlevel-reconnect reconcile --company ${sandbox.companyIds()[0]}
#   highlevel-reconnect token --location ${ids.at(-1)}`);
  await stop.promise;
  interrupt.release();
  server.close();
  return 0;
}

/** The app goes on asking for the scope; its tokens do not have it. */
function takeScope(sandbox: Sandbox, missing: string): void {
  const scopes = sandbox.app.scope.split(" ");
  if (!scopes.includes(missing)) {
    throw new UsageError(
      `--missing-scope ${missing} is no scope of the sandbox's app: ${scopes.join(", ")}.`,
    );
  }
  sandbox.setScope(scopes.filter((scope) => scope !== missing).join(" "));
}

async function serve(port: number, sandbox: Sandbox): Promise<LoopbackServer> {
  try {
    return await serveOnLoopback(port, sandbox.handler);
  } catch (error) {
    throw new UsageError(`--port ${port} cannot be used: ${reasonOf(error)}`);
  }
}

function writeIds(path: string, sandbox: Sandbox): void {
  try {
    writeFileSync(path, ["locationId", ...sandbox.locationIds(), ""].join("\n"));
  } catch (error) {
    throw new UsageError(`--write-ids ${path} cannot be written: ${reasonOf(error)}`);
  }
}
